using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Intelligence;

public sealed class ToolTests
{
    private static readonly AgentId Pricer = "pricer/eu";

    [Theory]
    [InlineData("quote.request", 1, "pricer__quote_request")]
    [InlineData("quote.request", 3, "pricer__quote_request_v3")]
    [InlineData("a-b_c.d", 1, "pricer__a-b_c_d")]
    public void Name_OfAContract_IsMadeOfKindAndContract(string contract, int version, string name) =>
        Assert.Equal(name, ToolName.For("pricer", Contract.Untyped(contract, version)));

    [Fact]
    public void Name_ThatIsTooLong_EndsWithItsHash()
    {
        var one = ToolName.For("pricer", Contract.Untyped(new string('a', 100)));
        var other = ToolName.For("pricer", Contract.Untyped(new string('a', 101)));
        Assert.Equal(ToolName.MaxLength, one.Length);
        Assert.True(ToolName.IsValid(one));
        Assert.NotEqual(one, other);
        Assert.Equal("pricer__" + new string('a', 47) + "_", one[..56]);
    }

    [Theory]
    [InlineData("weather", "weather")]
    [InlineData("look up!", "look_up_")]
    [InlineData("", "_")]
    public void Name_ThatAModelMadeUp_BecomesOneThatProvidersTake(string said, string name)
    {
        Assert.Equal(name, ToolName.Mend(said));
        Assert.True(ToolName.IsValid(ToolName.Mend(said + new string('x', 300_000))));
    }

    [Fact]
    public void Tool_OfAnAgent_HasTheContractsSchemaAndDescribesItsCalls()
    {
        var tools = new ToolSet().Add<QuoteFor>(Pricer, needsApproval: true);
        var tool = Assert.IsType<AgentTool>(Assert.Single(tools.Tools));
        Assert.Equal(("pricer__test_quote-for", "Asks for a price."), (tool.Name, tool.Description));
        Assert.Equal(5, tool.JsonSchema.GetProperty("properties").GetProperty("sku").GetProperty("maxLength").GetInt32());
        Assert.True(ToolApproval.IsNeeded(tool));
        var call = new FunctionCallContent("c1", tool.Name, new Dictionary<string, object?>(StringComparer.Ordinal) { ["sku"] = "A1" });
        Assert.True(tools.TryResolve(call, out var agentCall, out var function, out _));
        Assert.Null(function);
        Assert.Equal(("c1", tool.Name, "pricer/eu", "test.quote-for", 1, true), (agentCall!.CallId, agentCall.Tool, agentCall.Agent, agentCall.Contract, agentCall.Version, agentCall.NeedsApproval));
        Assert.Equal("""{"sku":"A1"}""", agentCall.Payload.GetRawText());
    }

    [Fact]
    public void Tools_OfTwoAgents_HaveNamesOfTheirOwn()
    {
        var tools = new ToolSet().Add<QuoteFor>(Pricer).Add<QuoteFor>("pricer/us").Add<QuoteFor>("pricer/uk");
        Assert.Equal(["pricer__test_quote-for", "pricer__test_quote-for_2", "pricer__test_quote-for_3"], tools.Tools.Select(t => t.Name));
        Assert.True(tools.TryResolve(new FunctionCallContent("c", "pricer__test_quote-for_2"), out var call, out _, out _));
        Assert.Equal(("pricer/us", "{}"), (call!.Agent, call.Payload.GetRawText()));
    }

    [Fact]
    public void Tools_OfMethods_KeepNamesThatProvidersTake()
    {
        var tools = new ToolSet().Add(Weather, needsApproval: true).Add(() => 1, "one");
        Assert.Equal([("Weather", true), ("one", false)], tools.Tools.Select(t => (t.Name, ToolApproval.IsNeeded(t))));
        Assert.Equal("The weather of a city.", tools.Tools[0].Description);
        Assert.Throws<ArgumentException>(() => tools.Add(() => 2, "one"));
        Assert.Throws<ArgumentException>(() => tools.Add(() => 2, "no name"));
        Assert.Throws<ArgumentException>(() => new ToolSet().Add<Told>(Pricer));
    }

    [Fact]
    public void Call_OfAToolThatIsNotThere_NamesThoseThatAre()
    {
        Assert.False(new ToolSet().Add(() => 1, "one").TryResolve(new FunctionCallContent("c", "two"), out _, out _, out var fault));
        Assert.Equal("There is no tool 'two'; the tools are one.", fault);
    }

    [Fact]
    public void Format_OfAContract_IsItsSchemaUnderItsName()
    {
        var format = ResponseSchema.For<QuoteFor>();
        Assert.Equal(("test_quote-for", "Asks for a price."), (format.SchemaName, format.SchemaDescription));
        Assert.Equal("object", format.Schema!.Value.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("""{"sku":"A1"}""")]
    [InlineData("```json\n{\"sku\":\"A1\"}\n```")]
    [InlineData("  {\"sku\":\"A1\",\"more\":1}\n")]
    public void Answer_ThatFits_IsTheRecord(string text)
    {
        var (message, problems) = ResponseSchema.Read<QuoteFor>(text);
        Assert.Empty(problems);
        Assert.Equal(new QuoteFor("A1"), message);
        Assert.Null(ResponseSchema.Read(Contract.Of<QuoteFor>(), text).RepairPrompt);
    }

    [Theory]
    [InlineData("", "", RefusalCodes.MalformedJson)]
    [InlineData("I think A1.", "", RefusalCodes.MalformedJson)]
    [InlineData("[1]", "", RefusalCodes.WrongKind)]
    [InlineData("{}", "/sku", RefusalCodes.InvalidPayload)]
    [InlineData("""{"sku":7}""", "/sku", RefusalCodes.InvalidPayload)]
    [InlineData("""{"sku":"far too long"}""", "/sku", RefusalCodes.InvalidPayload)]
    public void Answer_ThatDoesNotFit_NamesEveryProblem(string text, string pointer, string code)
    {
        var reading = ResponseSchema.Read(Contract.Of<QuoteFor>(), text);
        Assert.Null(reading.Message);
        Assert.Equal((pointer, code), (reading.Problems[0].Pointer, reading.Problems[0].Code));
        Assert.Contains(reading.Problems[0].Message, reading.RepairPrompt, StringComparison.Ordinal);
    }

    [Description("The weather of a city.")]
    private static string Weather(string city) => $"Rain in {city}.";

    [Contract("test.quote-for"), Description("Asks for a price.")]
    private sealed record QuoteFor([MaxLength(5)] string Sku) : IRequest<decimal>;

    [Contract("test.told")]
    private sealed record Told;
}
