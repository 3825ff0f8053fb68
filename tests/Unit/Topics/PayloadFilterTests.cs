using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Topics;

public sealed class PayloadFilterTests
{
    [Theory]
    [InlineData("/n", "1.0", true)]
    [InlineData("/n", "2", false)]
    [InlineData("/list/1", "\"b\"", true)]
    [InlineData("/list/01", "\"b\"", false)]
    [InlineData("/a~1b/~0", "true", true)]
    [InlineData("/huge", "10e99999999998", true)]
    [InlineData("/huge", "1e99999999998", false)]
    public void Matches_OfAPointerAndAValue_ComparesByValue(string pointer, string value, bool matches)
    {
        var filter = PayloadFilter.Check(new Dictionary<string, JsonElement> { [pointer] = JsonElement.Parse(value) })!;
        Assert.Equal(matches, PayloadFilter.Matches(filter, JsonElement.Parse("""{"n":1,"list":["a","b"],"a/b":{"~":true},"huge":1e99999999999}""")));
    }

    [Theory]
    [InlineData("text", "/text")]
    [InlineData("/a~b", "~0")]
    [InlineData("", "'/'")]
    public void Check_OfNoPointer_RefusesAndSaysWhatToWrite(string pointer, string advice)
    {
        var refused = Assert.Throws<AgentRefusedException>(() => PayloadFilter.Check(new Dictionary<string, JsonElement> { [pointer] = default }));
        Assert.Equal(RefusalCodes.InvalidPayload, refused.Code);
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }
}
