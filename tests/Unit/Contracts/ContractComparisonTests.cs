using System.Text.Json.Nodes;
using OrleansAgents.Contracts;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Contracts;

public sealed class ContractComparisonTests
{
    private const string Text = """{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}""";

    [Theory]
    [InlineData(""" "properties":{"a":{"type":"string"}} """, """ "properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["b"] """, "/payload/properties/b", "required")]
    [InlineData(""" "properties":{"a":{"type":"string"}} """, """ "properties":{"a":{"type":"string"}},"required":["a"] """, "/payload/properties/a", "required")]
    [InlineData(""" "properties":{"a":{"type":"number"}} """, """ "properties":{"a":{"type":"integer"}} """, "/payload/properties/a", "type")]
    [InlineData(""" "properties":{"a":{"type":["string","null"]}} """, """ "properties":{"a":{"type":"string"}} """, "/payload/properties/a", "type")]
    [InlineData(""" "properties":{"a":{"enum":["x","y"]}} """, """ "properties":{"a":{"enum":["x"]}} """, "/payload/properties/a", "enum")]
    [InlineData(""" "properties":{"a":{"type":"string"}} """, """ "properties":{"a":{"enum":["x"]}} """, "/payload/properties/a", "enum")]
    [InlineData(""" "properties":{"a":{"minimum":1}} """, """ "properties":{"a":{"minimum":2}} """, "/payload/properties/a", "minimum")]
    [InlineData(""" "properties":{"a":{"minimum":1}} """, """ "properties":{"a":{"exclusiveMinimum":1}} """, "/payload/properties/a", "exclusiveMinimum")]
    [InlineData(""" "properties":{"a":{}} """, """ "properties":{"a":{"maximum":2}} """, "/payload/properties/a", "maximum")]
    [InlineData(""" "properties":{"a":{"maxLength":9}} """, """ "properties":{"a":{"maxLength":8}} """, "/payload/properties/a", "maxLength")]
    [InlineData(""" "properties":{"a":{}} """, """ "properties":{"a":{"minItems":1}} """, "/payload/properties/a", "minItems")]
    [InlineData(""" "properties":{"a":{}} """, """ "properties":{"a":{"pattern":"b"}} """, "/payload/properties/a", "pattern")]
    [InlineData(""" "properties":{"a":{"items":{"type":["string","null"]}}} """, """ "properties":{"a":{"items":{"type":"string"}}} """, "/payload/properties/a/items", "type")]
    [InlineData(""" "additionalProperties":{"type":"number"} """, """ "additionalProperties":{"type":"integer"} """, "/payload/additionalProperties", "type")]
    [InlineData(""" "properties":{"a":{}} """, """ "properties":{"a":{}},"additionalProperties":false """, "/payload", "additionalProperties")]
    [InlineData(""" "properties":{"a":{}} """, """ "properties":{"a":{}},"not":{"required":["a"]} """, "/payload/not", "not")]
    [InlineData(""" "anyOf":[{"properties":{"$type":{"const":"x"}}},{"properties":{"$type":{"const":"y"}}}] """, """ "anyOf":[{"properties":{"$type":{"const":"x"}}}] """, "/payload/anyOf/1", "anyOf")]
    public void Compare_APayloadThatBecameNarrower_IsBreakingAndTheOtherWayNot(string wide, string narrow, string pointer, string rule)
    {
        Assert.Equal([(true, pointer, rule)], Payload(wide, narrow));
        Assert.All(Payload(narrow, wide), c => Assert.False(c.IsBreaking));
        Assert.NotEmpty(Payload(narrow, wide));
        // What we send ourselves is the other way round.
        Assert.Contains(Reply(narrow, wide), c => c.IsBreaking);
        Assert.All(Reply(wide, narrow), c => Assert.False(c.IsBreaking));
    }

    [Fact]
    public void Compare_MembersThatComeAndGo_BreakOnlyWhoeverReliesOnThem()
    {
        const string one = """ "properties":{"a":{"type":"string"}} """, two = """ "properties":{"a":{"type":"string"},"b":{"type":"string"}} """;
        Assert.Equal([(false, "/payload/properties/b", "properties")], Payload(one, two));
        Assert.Equal([(false, "/payload/properties/b", "properties")], Payload(two, one));
        Assert.Equal([(false, "/reply/properties/b", "properties")], Reply(one, two));
        Assert.Equal([(true, "/reply/properties/b", "properties")], Reply(two, one));
    }

    [Theory]
    [InlineData(""" "properties":{"a":{"$ref":"#"}} """)]
    [InlineData(""" "additionalProperties":{"$ref":"#"} """)]
    public void Compare_SchemasThatReferToThemselves_Ends(string members)
    {
        Assert.Empty(Payload(members, members));
        Assert.NotNull(Payload(""" "title":"none" """, members));
        Assert.NotNull(Reply(""" "title":"none" """, members));
    }

    [Fact]
    public void Compare_References_LooksBehindThem() => Assert.Equal(
        [(true, "/payload/properties/a", "maximum")],
        Payload(""" "properties":{"a":{"$ref":"#/$defs/n"}},"$defs":{"n":{"maximum":9}} """, """ "properties":{"a":{"$ref":"#/$defs/m"}},"$defs":{"m":{"maximum":8}} """));

    [Fact]
    public void Compare_WhatIsGone_BreaksAndWhatIsNewDoesNot()
    {
        var changes = ContractComparison.Compare([Entry("a", 1), Entry("b", 1)], [Entry("b", 2), Entry("c", 1)]);
        Assert.Equal(
            [(true, "a v1", "removed"), (true, "b v1", "removed"), (false, "b v2", "added"), (false, "c v1", "added")],
            changes.Select(c => (c.IsBreaking, c.Contract, c.Rule)).OrderBy(c => c.Contract, StringComparer.Ordinal));
        Assert.All(changes, c => Assert.Equal(c.IsBreaking, c.Remedy is not null));
    }

    [Fact]
    public void Compare_QueriesAndReplies_BreakWhenTheyChangeSides()
    {
        Assert.Equal([(true, "query")], Compare(Entry("a", 1, query: true), Entry("a", 1)).Select(c => (c.IsBreaking, c.Rule)));
        Assert.Equal([(false, "query")], Compare(Entry("a", 1), Entry("a", 1, query: true)).Select(c => (c.IsBreaking, c.Rule)));
        Assert.Equal([(true, "reply")], Compare(Entry("a", 1, reply: Text), Entry("a", 1)).Select(c => (c.IsBreaking, c.Rule)));
        Assert.Equal([(true, "reply")], Compare(Entry("a", 1), Entry("a", 1, reply: Text)).Select(c => (c.IsBreaking, c.Rule)));
    }

    [Fact]
    public void Compare_ABreakingChange_SaysWhichVersionToMake()
    {
        var changes = ContractComparison.Compare([Entry("a", 1, Text), Entry("a", 3)], [Entry("a", 1, Text.Replace("string", "integer", StringComparison.Ordinal)), Entry("a", 3)]);
        Assert.Contains("make version 4", Assert.Single(changes).Remedy, StringComparison.Ordinal);
        Assert.Contains("was string and is integer", changes[0].Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(bool IsBreaking, string Pointer, string Rule)> Payload(string old, string today) =>
        Compare(Entry("a", 1, $"{{{old}}}"), Entry("a", 1, $"{{{today}}}")).Select(c => (c.IsBreaking, c.Pointer, c.Rule));

    private static IEnumerable<(bool IsBreaking, string Pointer, string Rule)> Reply(string old, string today) =>
        Compare(Entry("a", 1, reply: $"{{{old}}}"), Entry("a", 1, reply: $"{{{today}}}")).Select(c => (c.IsBreaking, c.Pointer, c.Rule));

    private static IReadOnlyList<ContractChange> Compare(ContractEntry old, ContractEntry today) => ContractComparison.Compare([old], [today]);

    private static ContractEntry Entry(string type, int version, string payload = "{}", string? reply = null, bool query = false) =>
        new(type, version, query, [], (JsonObject)JsonNode.Parse(payload)!, reply is null ? null : (JsonObject)JsonNode.Parse(reply)!);
}
