using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using Xunit;

namespace OrleansAgents.Tests.Runs;

public sealed class RunCheckTests
{
    private const string Half = """{"x":["\ud83d"]}""", Whole = """{"x":["\ud83d\ude00","\u0000"],"\u0041":1}""";

    [Fact]
    public void Payload_WithHalfOfASurrogatePair_StartsNothing()
    {
        Assert.Equal(RefusalCodes.MalformedJson, Assert.Throws<AgentRefusedException>(() => RunCheck.Demand(Start(Half))).Code);
        Assert.Equal("worker/a", RunCheck.Demand(Start(Whole)).ToString());

        static RunStart Start(string payload) => new("worker/a", "work", JsonElement.Parse(payload));
    }

    [Theory]
    [InlineData(Whole, null)]
    [InlineData(Half, "half of a surrogate pair")]
    [InlineData("\"\\udc00\"", "half of a surrogate pair")]
    [InlineData("null", null)]
    public void Part_IsFaultyWhereItsJsonCannotBeWritten(string data, string? fault)
    {
        var part = new Part { Data = JsonElement.Parse(data) };
        Assert.Contains(fault ?? "", part.FindFault() ?? "", StringComparison.Ordinal);
        Assert.Equal(fault is null, part.FindFault() is null);
    }

    [Fact]
    public void Json_OfAPart_NestsSoDeepAndNoDeeper()
    {
        foreach (var (depth, isTaken) in ((int, bool)[])[(Part.MaxDepth, true), (Part.MaxDepth + 1, false)])
        {
            var nested = JsonElement.Parse(new string('[', depth) + new string(']', depth));
            Assert.Equal(isTaken, new Part { Data = nested }.FindFault() is null);
            var metadata = JsonElement.Parse($$"""{"a":{{new string('[', depth - 1)}}{{new string(']', depth - 1)}} }""");
            Assert.Equal(isTaken, new Part { Text = "x", Metadata = metadata }.FindFault() is null);
            Assert.Equal(isTaken, new Remarks { Metadata = metadata }.FindFault() is null);
        }
    }
}
