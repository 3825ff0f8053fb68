using System.Text.Json.Nodes;
using OrleansAgents.Messaging;
using Xunit;
using static OrleansAgents.Tests.Messaging.SchemaContracts;

namespace OrleansAgents.Tests.Messaging;

public sealed class ContractSchemaTests
{
    private static JsonObject Members(Type type) => (JsonObject)ContractSchema.Payload(Contract.Of(type))["properties"]!;

    [Fact]
    public void Payload_OfAPlainRecord_SaysWhatTheRecordSays() => Assert.Equal(
        """{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"count":{"type":["integer","null"],"default":null},"name":{"type":"string"}},"required":["name"]}""",
        ContractSchema.Payload(Contract.Of<Plain>()).ToJsonString());

    [Theory]
    [InlineData("count", """{"type":"integer","minimum":1,"maximum":100}""")]
    [InlineData("name", """{"type":"string","minLength":2,"maxLength":8}""")]
    [InlineData("sku", """{"type":"string","pattern":"^(?:[A-Z][0-9]\u002B)$"}""")]
    [InlineData("price", """{"type":"number","exclusiveMinimum":0.5}""")]
    [InlineData("way", """{"enum":["byRoad"]}""")]
    [InlineData("payer", """{"type":"string","default":null,"minLength":1,"description":"Who pays."}""")]
    [InlineData("tags", """{"type":["object","null"],"additionalProperties":{"type":"integer"},"default":null,"maxProperties":2}""")]
    public void Payload_OfAnnotatedMembers_HasTheirRules(string member, string schema) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(schema), Members(typeof(Order))[member]), Members(typeof(Order))[member]!.ToJsonString());

    [Fact]
    public void Payload_OfAnnotatedTypes_DescribesAndRequires()
    {
        var schema = ContractSchema.Payload(Contract.Of<Order>());
        Assert.Equal("An order.", (string?)schema["description"]);
        Assert.Contains("payer", ((JsonArray)schema["required"]!).Select(r => (string?)r));
        Assert.DoesNotContain("tags", ((JsonArray)schema["required"]!).Select(r => (string?)r));
        var lines = (JsonObject)schema["properties"]!["lines"]!;
        Assert.Equal((1, 3, 9m), ((int)lines["minItems"]!, (int)lines["maxItems"]!, (decimal)lines["items"]!["properties"]!["count"]!["maximum"]!));
    }

    [Fact]
    public void Reply_OfARequest_IsDescribedToo()
    {
        Assert.Equal("When it comes.", (string?)ContractSchema.Reply(Contract.Of<Order>())!["properties"]!["day"]!["description"]);
        Assert.Equal("array", (string?)ContractSchema.Reply(Contract.Of<Plain>())!["type"]);
        Assert.Null(ContractSchema.Reply(Contract.Of<Own>()));
    }

    [Fact]
    public void Payload_OfAContractWithItsOwn_IsThatOne() =>
        Assert.Equal("^[A-Z][0-9]+$", (string?)ContractSchema.Payload(Contract.Of<Own>())["$defs"]!["sku"]!["pattern"]);

    [Fact]
    public void Constraints_OfARecordWithoutAnnotations_AreNone() => Assert.Null(ContractSchema.Constraints(Contract.Of<Plain>()));

    [Theory]
    [InlineData(typeof(Missing), "EmbeddedResource Include=\"test.missing.schema.json\"")]
    [InlineData(typeof(Keyword), "the keyword 'if' at #/properties/a/if")]
    [InlineData(typeof(Reference), "refers at #/properties/a/$ref")]
    [InlineData(typeof(NoObject), "no JSON object")]
    [InlineData(typeof(Broken), "no JSON, at line 2")]
    [InlineData(typeof(BadPattern), "RegularExpressionAttribute on 'text'")]
    [InlineData(typeof(BadRange), "RangeAttribute on 'day'")]
    [InlineData(typeof(BadLength), "MaxLengthAttribute on 'number'")]
    public void Constraints_Faulty_SayWhatIsWrongWhere(Type type, string part)
    {
        var fault = Assert.Throws<InvalidOperationException>(() => ContractSchema.Constraints(Contract.Of(type))).Message;
        Assert.Contains(part, fault, StringComparison.Ordinal);
        Assert.Contains(type.ToString(), fault, StringComparison.Ordinal);
    }

    [Fact]
    public void List_PackedAndUnpacked_IsTheSame()
    {
        ContractEntry[] entries = [ContractEntry.Of(Contract.Of<Order>()), ContractEntry.Of(Contract.Of<UpcastsTests.Price3>()), ContractEntry.Of(Contract.Of<Plain>())];
        var packed = ContractList.Pack(entries);
        Assert.True(packed.Length < 2000, $"{packed.Length}");
        Assert.Equal(
            entries.OrderBy(e => e.Type, StringComparer.Ordinal).Select(e => e.ToJson().ToJsonString()), ContractList.Unpack(packed).Select(e => e.ToJson().ToJsonString()));
        Assert.Equal([2], ContractList.Unpack(packed).Single(e => e.Type == "test.price").UpcastFrom);
    }

    [Theory]
    [InlineData("{", "no JSON")]
    [InlineData("[]", "no list of contracts")]
    [InlineData("""{"format":2,"contracts":[]}""", "format 2")]
    [InlineData("""{"format":1,"contracts":[{"type":"a","version":"1","payload":{}}]}""", "another kind")]
    [InlineData("""{"format":1,"contracts":[{"type":"a","payload":{}}]}""", "another kind")]
    [InlineData("""{"format":1,"contracts":[{"type":"A b","version":1,"payload":{}}]}""", "needs a type")]
    public void List_ThatIsNone_SaysWhy(string text, string part) =>
        Assert.Contains(part, Assert.Throws<FormatException>(() => ContractList.Read(System.Text.Encoding.UTF8.GetBytes(text))).Message, StringComparison.Ordinal);
}
