using OrleansAgents.Testing.Faults;
using Xunit;

namespace OrleansAgents.Tests.Testing;

public sealed class DiceTests
{
    // If these change, every seed that somebody wrote down is worth nothing.
    [Theory]
    [InlineData(1, 0, "client/a -> pricer/eu", 1, 1, 0.7958147944351297)]
    [InlineData(-7, 3, "account/a", 12, 4, 0.8513834765053012)]
    [InlineData(2147483647, 0, "", 1, 1, 0.8218855050118361)]
    public void Roll_OfYesterday_IsTheSameToday(int seed, int rule, string subject, int number, int attempt, double expected) =>
        Assert.Equal(expected, Dice.Roll(seed, rule, subject, number, attempt), 12);

    [Fact]
    public void Roll_OverManyMessages_IsEven()
    {
        var rolls = Enumerable.Range(1, 10_000).Select(n => Dice.Roll(7, 0, "a/b -> c/d", n, 1)).ToList();
        Assert.InRange(rolls.Average(), 0.49, 0.51);
        Assert.InRange(rolls.Count(r => r < 0.1), 900, 1_100);
        Assert.All(rolls, r => Assert.InRange(r, 0, 0.999_999_999_999_999_9));
    }

    [Fact]
    public void Roll_WithAnyPartChanged_IsAnother()
    {
        double[] rolls =
        [
            Dice.Roll(1, 0, "a", 1, 1), Dice.Roll(2, 0, "a", 1, 1), Dice.Roll(1, 1, "a", 1, 1), Dice.Roll(1, 0, "b", 1, 1),
            Dice.Roll(1, 0, "a", 2, 1), Dice.Roll(1, 0, "a", 1, 2), Dice.Roll(1, 0, "a", 1, 1, purpose: 1), Dice.Roll(0, 1, "a", 1, 1),
        ];
        Assert.Equal(rolls.Length, rolls.Distinct().Count());
    }
}
