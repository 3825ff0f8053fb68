using System.Text.Json;
using OrleansAgents.Negotiation;
using Xunit;

namespace OrleansAgents.Tests.Negotiation;

public sealed class OfferScoreTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"price":9}""", -9.0)]
    [InlineData("""{"price":0}""", 0.0)]
    [InlineData("""{"price":-2.5}""", 2.5)]
    [InlineData("""{"price":1e308}""", -1e308)]
    public void Lowest_OfANumber_IsHigherTheLowerItIs(string offer, double score) => Assert.Equal(score, Score(Scoring.Lowest("/price"), offer).Score);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"price":"9"}""")]
    [InlineData("""{"price":null}""")]
    [InlineData("""{"price":1e400}""")]
    [InlineData("""{"price":{"value":9}}""")]
    [InlineData("""{"Price":9}""")]
    public void Score_OfAnOfferWithoutTheNumber_IsNone(string offer)
    {
        var (score, fault) = Score(Scoring.Lowest("/price"), offer);

        Assert.Null(score);
        Assert.Contains("'/price'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Sum_OfSeveralFields_WeighsEach()
    {
        var scoring = Scoring.Sum(new ScoringTerm("/price", -1), new ScoringTerm("/terms/days", -0.5), new ScoringTerm("/a~1b/1", 10));

        Assert.Equal(-9 - 2 + 30, Score(scoring, """{"price":9,"terms":{"days":4},"a/b":[1,3]}""").Score);
    }

    [Fact]
    public void Sum_ThatOverflows_IsNone() =>
        Assert.Null(Score(Scoring.Sum(new ScoringTerm("/a", 1e300), new ScoringTerm("/b", 1)), """{"a":1e300,"b":1}""").Score);

    [Fact]
    public void Rank_OfEqualScores_PutsTheEarlierFirstAndThenTheAddress()
    {
        Bidder[] bidders =
        [
            new("seller/c") { Score = -9, OfferedAt = Now }, new("seller/b") { Score = -9, OfferedAt = Now },
            new("seller/z") { Score = -9, OfferedAt = Now.AddSeconds(-1) }, new("seller/a") { Score = -8, OfferedAt = Now.AddSeconds(9) },
        ];

        foreach (var order in (IEnumerable<Bidder>[])[bidders, bidders.Reverse()])
        {
            Assert.Equal(["seller/a", "seller/z", "seller/b", "seller/c"], OfferScore.Rank(order).Select(b => b.Agent));
        }
    }

    [Theory]
    [InlineData("price", 1)]
    [InlineData("", 1)]
    [InlineData("/price", 0)]
    [InlineData("/price", double.NaN)]
    [InlineData("/price", double.PositiveInfinity)]
    public void Sum_OfAFaultyTerm_Throws(string pointer, double weight) =>
        Assert.Throws<ArgumentException>(() => Scoring.Sum(new ScoringTerm(pointer, weight)));

    [Theory]
    [InlineData("""{"price":9}""", true)]
    [InlineData("[]", false)]
    [InlineData("""{"price":1e999}""", false)]
    [InlineData("""{"price":1,"price":2}""", false)]
    [InlineData("""{"text":"\ud800"}""", false)]
    public void Offer_ThatCannotBeSentOn_IsFound(string offer, bool isGood) =>
        Assert.Equal(isGood, OfferCheck.FindFault(JsonDocument.Parse(offer, new() { AllowDuplicateProperties = true }).RootElement) is null);

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Offer_ThatNestsDeep_IsFound(int depth, bool isGood) =>
        Assert.Equal(isGood, OfferCheck.FindFault(JsonElement.Parse(string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth))) is null);

    [Fact]
    public void Offer_ThatIsLarge_IsFound() =>
        Assert.NotNull(OfferCheck.FindFault(JsonElement.Parse($$"""{"text":"{{new string('x', OfferCheck.MaxBytes)}}"}""")));

    private static (double? Score, string? Fault) Score(Scoring scoring, string offer) => OfferScore.Of(scoring, JsonElement.Parse(offer));
}
