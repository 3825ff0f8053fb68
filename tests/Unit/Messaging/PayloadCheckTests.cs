using System.Diagnostics;
using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using Xunit;
using static OrleansAgents.Tests.Messaging.SchemaContracts;

namespace OrleansAgents.Tests.Messaging;

public sealed class PayloadCheckTests
{
    private const string Good = """{"count":1,"name":"ab","sku":"A1","price":0.6,"way":"byRoad","lines":[{"count":1}],"payer":"me"}""";

    [Fact]
    public void For_AContractWithoutConstraints_IsNone()
    {
        Assert.Null(PayloadCheck.For(Contract.Of<Plain>()));
        Assert.Null(PayloadCheck.For(null));
        Assert.Null(PayloadCheck.For(Contract.Untyped("test.order")));
    }

    [Fact]
    public void Demand_APayloadThatKeepsAll_LetsItPass()
    {
        Assert.Empty(Pointers(typeof(Order), Good));
        Assert.Empty(Pointers(typeof(Own), """{"sku":"A1","lines":[{"count":1,"way":"sea"}],"note":null}"""));
    }

    [Theory]
    [InlineData("\"count\":1,\"n", "\"count\":101,\"n", "/payload/count", "maximum", "100 or less")]
    [InlineData("\"count\":1,\"n", "\"count\":0,\"n", "/payload/count", "minimum", "1 or more")]
    [InlineData("\"ab\"", "\"a\"", "/payload/name", "minLength", "2 characters or more")]
    [InlineData("\"ab\"", "\"123456789\"", "/payload/name", "maxLength", "8 characters or less")]
    [InlineData("\"A1\"", "\"A1\\n\"", "/payload/sku", "pattern", "agents describe --schema")]
    [InlineData("\"A1\"", "\"xA1\"", "/payload/sku", "pattern", "agents describe --schema")]
    [InlineData("0.6", "0.5", "/payload/price", "exclusiveMinimum", "above 0.5")]
    [InlineData("\"byRoad\"", "\"air\"", "/payload/way", "enum", "byRoad")]
    [InlineData("\"me\"", "\"\"", "/payload/payer", "minLength", "1 characters or more")]
    [InlineData("\"me\"", "null", "/payload/payer", "required", "not null")]
    [InlineData(",\"payer\":\"me\"", "", "/payload/payer", "required", "requires it")]
    [InlineData("[{\"count\":1}]", "[]", "/payload/lines", "minItems", "1 items or more")]
    [InlineData("\"payer\"", "\"tags\":{\"a\":1,\"b\":2,\"c\":3},\"payer\"", "/payload/tags", "maxProperties", "2 members or less")]
    public void Demand_ABrokenRule_NamesPointerRuleAndRemedy(string was, string now, string pointer, string rule, string remedy)
    {
        var problem = Assert.Single(Find(typeof(Order), Good.Replace(was, now, StringComparison.Ordinal)));
        Assert.Equal((pointer, RefusalCodes.InvalidPayload), (problem.Pointer, problem.Code));
        Assert.Contains($"(rule '{rule}')", problem.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Demand_ManyProblems_NamesEachAndNoValue()
    {
        var problems = Find(typeof(Order), """{"count":"secret1","name":"secret2-secret2","sku":"secret3","price":0.1,"way":"secret4","lines":[{"count":77,"others":[{"count":1},{"count":77}]}],"payer":"me"}""");
        Assert.Equal(
            ["/payload/count", "/payload/lines/0/count", "/payload/lines/0/others/1/count", "/payload/name", "/payload/price", "/payload/sku", "/payload/way"],
            problems.Select(p => p.Pointer).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(problems, p => p.Message.Contains("secret", StringComparison.Ordinal) || p.Message.Contains("77", StringComparison.Ordinal));
    }

    [Fact]
    public void Demand_ALinkedRecord_HoldsEachToItsOwnRules()
    {
        Assert.Empty(Pointers(typeof(Chain), """{"first":{"count":1,"next":{"count":2,"next":{"count":3,"next":null}}}}"""));
        Assert.Equal(["/payload/first"], Pointers(typeof(Chain), """{"first":null}"""));
        Assert.Equal(["/payload/first/next/next/count"], Pointers(typeof(Chain), """{"first":{"count":1,"next":{"count":2,"next":{"count":10}}}}"""));
    }

    [Fact]
    public void Demand_ADerivedType_HoldsItToItsOwnRules()
    {
        Assert.Empty(Pointers(typeof(Drawing), """{"shape":{"$type":"box","width":99}}"""));
        Assert.Empty(Pointers(typeof(Drawing), """{"shape":{"$type":"circle","radius":9}}"""));
        Assert.Equal(["/payload/shape"], Pointers(typeof(Drawing), """{"shape":{"$type":"circle","radius":99}}"""));
    }

    [Fact]
    public void Demand_ASchemaOfItsOwn_HoldsThePayloadToAllOfIt() => Assert.Equal(
        ["/payload/#4", "/payload/lines/0/count", "/payload/lines/1/way", "/payload/note", "/payload/sku"],
        Pointers(typeof(Own), """{"sku":"a","lines":[{"count":0},{"count":1,"way":"rail"}],"note":"too long","other":1}"""));

    [Fact]
    public void Demand_ATypedRecord_WritesItOnceAndChecksIt()
    {
        var message = Envelope.Create("client/t", "order/a", new Chain(new Link(10)));
        Assert.Throws<AgentRefusedException>(() => PayloadCheck.For(Contract.Of<Chain>())!.Demand(message));
        Assert.True(message.HasJson);
        Assert.True(message.PayloadJson.Equals(message.PayloadJson));
    }

    [Theory]
    [InlineData("""{"first":{"count":1e400}}""")]
    [InlineData("""{"first":{"count":123456789012345678901234567890123456789012345678901234567890}}""")]
    [InlineData("""{"first":{"count":1}""")]
    [InlineData("""{"first":{"count":1},'x':1}""")]
    public void Demand_WhatCannotBeChecked_IsRefusedHereOrByTheRecord(string payload)
    {
        var message = Json(typeof(Chain), payload);
        Assert.ThrowsAny<Exception>(() =>
        {
            PayloadCheck.For(Contract.Of<Chain>())!.Demand(message);
            message.ReadPayload(Contract.Of<Chain>());
        });
    }

    [Fact]
    public void Demand_APatternThatTakesForEver_IsGivenUpOnSoon()
    {
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(["/payload/text"], Pointers(typeof(Slow), $$"""{"text":"{{new string('a', 60)}}"}"""));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
    }

    private static Envelope Json(Type type, string payload) =>
        Envelope.CreateJson("client/t", "order/a", Contract.Of(type).Name, Encoding.UTF8.GetBytes(payload), Contract.Of(type).Version);

    private static IEnumerable<string> Pointers(Type type, string payload) => Find(type, payload).Select(p => p.Pointer).Order(StringComparer.Ordinal);

    private static IReadOnlyList<Problem> Find(Type type, string payload)
    {
        try
        {
            PayloadCheck.For(Contract.Of(type))!.Demand(Json(type, payload));
            return [];
        }
        catch (AgentRefusedException e)
        {
            return e.Refusal.Problems!;
        }
    }
}
