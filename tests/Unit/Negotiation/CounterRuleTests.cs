using System.Text.Json;
using OrleansAgents.Negotiation;
using Xunit;

namespace OrleansAgents.Tests.Negotiation;

public sealed class CounterRuleTests
{
    [Fact]
    public void Counters_WithoutATarget_AskTheOthersForATwentiethLess() =>
        Assert.Equal(["""b {"price":8.55}""", """c {"price":8.55}"""], Find(Scoring.Lowest("/price"), new() { Rounds = 1 }, 9, 10, 11));

    [Fact]
    public void Counters_WithATarget_AskTheBestForItAndNobodyForMore()
    {
        Assert.Equal(["""a {"price":8}""", """b {"price":8.55}"""], Find(Scoring.Lowest("/price"), new() { Rounds = 1, Target = 8 }, 9, 10));
        Assert.Equal(["""a {"price":8.9}""", """b {"price":8.9}"""], Find(Scoring.Lowest("/price"), new() { Rounds = 1, Target = 8.9 }, 9, 10));
    }

    [Fact]
    public void Counters_OfTheHighest_AskForMore() =>
        Assert.Equal(["""b {"terms":{"quality":11}}"""], Find(Scoring.Highest("/terms/quality"), new() { Rounds = 1, CounterBy = 0.1 }, 10, 9));

    [Theory]
    [InlineData(0, null, false)]
    [InlineData(1, 9.0, false)]
    [InlineData(1, 10.0, false)]
    [InlineData(1, 8.9, true)]
    public void Counters_WhenNoRoundIsLeftOrTheTargetIsReached_AreNone(int rounds, double? target, bool isSome) =>
        Assert.Equal(isSome, Find(Scoring.Lowest("/price"), new() { Rounds = rounds, Target = target }, 9).Count > 0);

    [Fact]
    public void Counters_OfASumOrAListOrZero_AreNone()
    {
        Assert.Empty(Find(Scoring.Sum(new ScoringTerm("/price", -1), new ScoringTerm("/days", -1)), new() { Rounds = 1 }, 9, 10));
        Assert.Empty(Find(Scoring.Lowest("/prices/0"), new() { Rounds = 1 }, 9, 10));
        Assert.Empty(Find(Scoring.Lowest("/price"), new() { Rounds = 1 }, 0, 10));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void Counters_AfterARoundThatChangedNothing_AreNone(bool hasMoved, int count)
    {
        var run = Runs.Of(Scoring.Lowest("/price"), new() { Rounds = 5 }) with { Round = 1, HasMoved = hasMoved };

        Assert.Equal(count, CounterRule.Find(run, [Bidder(run.Scoring, "a", 9), Bidder(run.Scoring, "b", 10)]).Count);
    }

    private static IReadOnlyList<string> Find(Scoring scoring, NegotiationOptions options, params double[] values) =>
    [
        .. CounterRule.Find(Runs.Of(scoring, options), [.. values.Select((v, i) => Bidder(scoring, ((char)('a' + i)).ToString(), v))])
            .Select(c => $"{c.Agent} {c.Offer.GetRawText()}"),
    ];

    private static Bidder Bidder(Scoring scoring, string agent, double value)
    {
        var json = scoring.Terms[0].Pointer switch
        {
            "/price" => $$"""{"price":{{value}},"days":1}""",
            "/prices/0" => $$"""{"prices":[{{value}}]}""",
            _ => $$"""{"terms":{"quality":{{value}} } }""",
        };
        return new Bidder(agent) { Offer = JsonElement.Parse(json) };
    }
}
