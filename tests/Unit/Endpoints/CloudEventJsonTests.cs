using System.Text.Json;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Endpoints;

public sealed class CloudEventJsonTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Event_OfAnAgent_SaysWhoseItIsAndWhere()
    {
        var envelope = Envelope.CreateJson("pricer/a b", "topic/orders", "order.placed", "{\"sku\":\r\n \"A1\"}"u8.ToArray(), version: 2);
        var text = CloudEventJson.Write("orders", new TopicEvent(17, At, envelope));
        Assert.DoesNotContain((byte)'\n', text.ToArray());
        var json = JsonElement.Parse(text.Span);
        Assert.Equal(envelope.Id.ToString(), json.GetProperty("id").GetString());
        Assert.Equal("/agents/pricer/a%20b", json.GetProperty("source").GetString());
        Assert.Equal("order.placed.v2", json.GetProperty("type").GetString());
        Assert.Equal(At, json.GetProperty("time").GetDateTimeOffset());
        Assert.Equal(("pricer/a b", "orders", "17"), (json.GetProperty("sender").GetString(), json.GetProperty("topic").GetString(), json.GetProperty("position").GetString()));
        Assert.Equal("A1", json.GetProperty("data").GetProperty("sku").GetString());
    }

    [Theory]
    [InlineData("/agents/client/other")]
    [InlineData("")]
    public void Event_WhoseHeadersNameAnother_IsTheSenders(string source)
    {
        var json = Write(("ce-id", "17"), ("ce-source", source));
        Assert.Equal("/agents/client/shop", json.GetProperty("source").GetString());
        Assert.NotEqual("17", json.GetProperty("id").GetString());
    }

    [Fact]
    public void Event_WithHeadersThatAreNoAttributes_HasNoneOfThem()
    {
        var json = Write(("ce-position", "1000"), ("ce-data", "x"), ("ce-dataschema", "no address"), ("ce-A", "x"), ("other", "x"), ("ce-subject", "kept"));
        Assert.Equal("1", json.GetProperty("position").GetString());
        Assert.Equal("kept", json.GetProperty("subject").GetString());
        Assert.Equal(JsonValueKind.Object, json.GetProperty("data").ValueKind);
        Assert.All((string[])["dataschema", "A", "other"], name => Assert.False(json.TryGetProperty(name, out _)));
    }

    private static JsonElement Write(params (string Name, string Value)[] headers)
    {
        var envelope = Envelope.CreateJson("client/shop", "topic/orders", "order.placed", "{}"u8.ToArray())
            .With(new EnvelopeExtras { Headers = headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.Ordinal) });
        return JsonElement.Parse(CloudEventJson.Write("orders", new TopicEvent(1, At, envelope)).Span);
    }
}
