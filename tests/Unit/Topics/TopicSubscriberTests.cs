using System.Text;
using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Topics;

public sealed class TopicSubscriberTests
{
    [Fact]
    public void Write_AfterEachChange_HoldsWhatChanged()
    {
        var subscriber = new TopicSubscriber("pricer/a");
        Assert.Equal("""{"agent":"pricer/a","cursor":null,"filters":{}}""", Write(subscriber));

        subscriber.SetFilter("", null);
        Assert.Equal("""{"agent":"pricer/a","cursor":null,"filters":{"":null}}""", Write(subscriber));

        subscriber.Cursor = 7;
        Assert.Equal("""{"agent":"pricer/a","cursor":7,"filters":{"":null}}""", Write(subscriber));

        Assert.True(subscriber.RemoveFilter(""));
        Assert.Equal("""{"agent":"pricer/a","cursor":7,"filters":{}}""", Write(subscriber));
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var state = new TopicState { Subscribers = { new TopicSubscriber("pricer/a") { Cursor = 7 }, new TopicSubscriber("pricer/b") } };
        state.Subscribers[0].SetFilter("prices/*", new() { ["/currency"] = JsonElement.Parse("\"EUR\"") });
        var json = PayloadJson.Write(state);

        var read = JsonSerializer.Deserialize<TopicState>(json, PayloadJson.Options)!;

        Assert.Equal(7, read.Subscribers[0].Cursor);
        Assert.Equal("EUR", read.Subscribers[0].Filters["prices/*"]!["/currency"].GetString());
        Assert.Equal(json, PayloadJson.Write(read));
        // And once more, from what each has kept.
        Assert.Equal(json, PayloadJson.Write(read));
    }

    private static string Write(TopicSubscriber subscriber) => Encoding.UTF8.GetString(PayloadJson.Write(subscriber));
}
