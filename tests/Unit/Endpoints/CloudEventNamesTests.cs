using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Endpoints;

public sealed class CloudEventNamesTests
{
    private static readonly AgentId Shop = "client/shop";

    [Theory]
    [InlineData("order.placed", "order.placed", 1)]
    [InlineData("order.placed.v2", "order.placed", 2)]
    [InlineData("order.placed.v12", "order.placed", 12)]
    [InlineData("order.v2.v1", "order.v2", 1)]
    [InlineData("order.v0", "order.v0", 1)]
    [InlineData("order.v01", "order.v01", 1)]
    [InlineData("order.view", "order.view", 1)]
    [InlineData("order.v", "order.v", 1)]
    [InlineData("order.v99999999999", "order.v99999999999", 1)]
    [InlineData(".v2", ".v2", 1)]
    public void Type_Read_IsContractAndVersion(string type, string contract, int version) =>
        Assert.Equal((contract, version), CloudEventNames.ReadType(type));

    [Theory]
    [InlineData("order.placed", 1, "order.placed")]
    [InlineData("order.placed", 2, "order.placed.v2")]
    [InlineData("order.v2", 1, "order.v2.v1")]
    [InlineData("order.v2", 3, "order.v2.v3")]
    public void Type_Written_IsReadAsWhatItWas(string contract, int version, string type)
    {
        Assert.Equal(type, CloudEventNames.WriteType(contract, version));
        Assert.Equal((contract, version), CloudEventNames.ReadType(type));
    }

    [Fact]
    public void Id_OfTheSameEvent_IsTheSameAndOfAnyOtherAnother()
    {
        var id = CloudEventNames.IdOf(Shop, "/till", "17");
        Assert.Equal(id, CloudEventNames.IdOf(Shop, "/till", "17"));
        Assert.Equal(4, new[] { id, CloudEventNames.IdOf(Shop, "/till", "18"), CloudEventNames.IdOf(Shop, "/till1", "7"), CloudEventNames.IdOf("client/other", "/till", "17") }.Distinct().Count());
        // A UUID by its rules, of the version that is left to its makers.
        Assert.Equal('8', id.ToString()[14]);
        Assert.Contains(id.ToString()[19], "89ab");
        // The same for ever: callers repeat what an older version took.
        Assert.Equal("34187418", CloudEventNames.IdOf(Shop, "/till", "17").ToString()[..8]);
    }

    [Fact]
    public void Id_OfASendersOwnEvent_StaysWhatItIs()
    {
        const string Own = "0198d2f0-3c5e-8000-9a1b-2c3d4e000001";
        Assert.Equal(Own, CloudEventNames.IdOf(Shop, CloudEventNames.SourceOf(Shop), Own).ToString());
        Assert.NotEqual(Own, CloudEventNames.IdOf(Shop, "/agents/client/other", Own).ToString());
        Assert.NotEqual(MessageId.New(), CloudEventNames.IdOf(Shop, CloudEventNames.SourceOf(Shop), "17"));
    }

    [Fact]
    public void Source_OfAKeyOfAnyCharacters_IsOneSegment() => Assert.Equal("/agents/pricer/a%2Fb%20%C3%A9", CloudEventNames.SourceOf("pricer/a/b é"));

    [Theory]
    [InlineData("subject", true)]
    [InlineData("dataschema", true)]
    [InlineData("partitionkey", true)]
    [InlineData("sender", false)]
    [InlineData("position", false)]
    [InlineData("id", false)]
    [InlineData("data", false)]
    [InlineData("traceparent", false)]
    [InlineData("Subject", false)]
    [InlineData("a-b", false)]
    [InlineData("", false)]
    [InlineData("averyveryverylongname", false)]
    public void Attribute_ThatIsNotThePlatforms_IsCarried(string name, bool expected) => Assert.Equal(expected, CloudEventNames.IsCarried(name));
}
