using OrleansAgents.Messaging;
using Xunit;
using static OrleansAgents.Tests.Messaging.EnvelopeText;

namespace OrleansAgents.Tests.Messaging;

public sealed class EnvelopeJsonLimitTests
{
    private static readonly MessageLimits Small = new() { PayloadBytes = 20, Headers = 2, HeaderBytes = 8, Hops = 2 };

    // The limit counts the objects and arrays of the payload, itself included; the message around it is one more.
    [Theory]
    [InlineData(64, "", true)]
    [InlineData(64, "1", true)]
    [InlineData(65, "", false)]
    [InlineData(65, "1", false)]
    [InlineData(66, "", false)]
    [InlineData(10_000, "", false)]
    [InlineData(100_000, "1", false)]
    public void Read_OfANestedPayload_TakesSixtyFourLevels(int levels, string inner, bool taken)
    {
        var json = "{\"a\":" + new string('[', levels - 1) + inner + new string(']', levels - 1) + "}";
        var problems = Problems(With("payload", json));

        Assert.Equal(taken, problems.Length == 0);
        Assert.All(problems, problem => Assert.Equal(" too-deep", problem));
    }

    [Fact]
    public void Read_OfNestedObjects_TakesSixtyFourLevelsWithMembers()
    {
        Assert.Empty(Problems(With("payload", Objects(64))));
        Assert.Equal([" too-deep"], Problems(With("payload", Objects(65))));

        static string Objects(int levels) =>
            string.Concat(Enumerable.Repeat("{\"a\":", levels)) + "1" + new string('}', levels);
    }

    [Theory]
    [InlineData("headers")]
    [InlineData("unknown")]
    [InlineData("hops")]
    public void Read_OfOtherDeepMembers_IsTooDeep(string field) =>
        Assert.Equal([" too-deep"], Problems(With(field, new string('[', 10_000) + new string(']', 10_000))));

    [Fact]
    public void Read_OfADeepArray_IsTooDeep() => Assert.Equal([" too-deep"], Problems(new string('[', 10_000)));

    [Fact]
    public void Read_OfALargeMessage_IsTooLarge()
    {
        var text = With("payload", "{}").PadRight(Small.MessageBytes);

        Assert.Empty(Problems(text, Small));
        Assert.Equal([" too-large"], Problems(text + " ", Small));
    }

    [Theory]
    [InlineData("""{"a":"01234567890123"}""", "/payload too-large")]
    [InlineData("""{"a":"012345678901"}""", null)]
    public void Read_OfALargePayload_IsTooLarge(string json, string? problem) =>
        Assert.Equal(problem is null ? [] : [problem], Problems(With("payload", json), Small));

    [Theory]
    [InlineData("headers", """{"a":"1234567"}""", null)]
    [InlineData("headers", """{"a":"12345678"}""", "/headers/#1 too-large")]
    [InlineData("headers", """{"a":"ääää"}""", "/headers/#1 too-large")]
    [InlineData("headers", """{"a":"","b":"","c":""}""", "/headers too-large")]
    [InlineData("headers", """{"a":"1","a":"2"}""", "/headers/#2 duplicate-field")]
    [InlineData("headers", """{"a/~b":{}}""", "/headers/#1 wrong-kind")]
    [InlineData("headers", """{"":""}""", null)]
    [InlineData("conversationId", "\"123456789\"", "/conversationId too-large")]
    [InlineData("traceparent", "\"123456789\"", "/traceparent too-large")]
    [InlineData("tracestate", "\"123456789\"", "/tracestate too-large")]
    [InlineData("hops", """["a/b","a/b"]""", null)]
    [InlineData("hops", """["a/b","a/b","a/b"]""", "/hops too-many-hops")]
    [InlineData("hops", """["a/b","a"]""", "/hops/1 bad-address")]
    public void Read_OfRareFields_KeepsTheirLimits(string field, string json, string? problem) =>
        Assert.Equal(problem is null ? [] : [problem], Problems(With(field, json), Small));
}
