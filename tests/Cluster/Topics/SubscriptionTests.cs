using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Agents;
using OrleansAgents.Tests.DeadLetters;
using OrleansAgents.Tests.Directory;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Topics;

public sealed class SubscriptionTests(DurableCluster cluster) : IClassFixture<DurableCluster>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Subscribe_WithAFilter_GetsOnlyWhatMatches()
    {
        await SubscribeAsync("filtered", new TopicSubscribe("listener/filtered", Filter("""{"/text":"yes"}""")));
        foreach (var text in new[] { "no", "yes", "no", "yes" })
        {
            await PublishAsync("filtered", text);
        }

        await Gates.Entered("listener/filtered=2").Task.WaitAsync(Token);
        Assert.All(ListenerAgent.Heard["filtered"], e => Assert.Contains("yes", System.Text.Encoding.UTF8.GetString(e.PayloadJson.Span), StringComparison.Ordinal));
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => SubscribeAsync("filtered", new TopicSubscribe("listener/x", Filter("""{"text":"yes"}"""))));
        Assert.Contains("/text", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_AfterAPosition_GetsTheEventsBehindIt()
    {
        for (var i = 1; i <= 5; i++)
        {
            await PublishAsync("old", $"{i}");
        }

        await SubscribeAsync("old", new TopicSubscribe("listener/late", After: 3));
        await PublishAsync("old", "6");
        await Gates.Entered("listener/late=3").Task.WaitAsync(Token);
        Assert.Equal([4L, 5, 6], ListenerAgent.Heard["late"].Select(e => e.Extras!.Position!.Position));
    }

    [Fact]
    public async Task Subscribe_ToAPattern_GetsTopicsThatComeLaterFromTheirFirstEvent()
    {
        await PublishAsync("shop/known", "before");
        // Until the topic above knows of it, it is one that comes later.
        await Waits.UntilAsync(() => cluster.Store.LoadAsync(new TopicId("shop/known").Agent, Token), known => known!.Outgoing.Count == 0, Token);
        await SubscribeAsync("shop", new TopicSubscribePattern("listener/deep", "shop/**"));
        await SubscribeAsync("shop", new TopicSubscribePattern("listener/flat", "shop/*"));
        await PublishAsync("shop/new", "1");
        await PublishAsync("shop/new/deeper", "2");
        await Gates.Entered("listener/flat=1").Task.WaitAsync(Token);
        await Gates.Entered("listener/deep=2").Task.WaitAsync(Token);
        Assert.Equal("shop/new", Assert.Single(ListenerAgent.Heard["flat"]).Extras!.Position!.Topic.Name);

        await SubscribeAsync("shop", new TopicUnsubscribePattern("listener/flat", "shop/*"));
        var wrong = await Assert.ThrowsAsync<AgentRefusedException>(() => SubscribeAsync("shop", new TopicSubscribePattern("listener/flat", "other/*")));
        Assert.Contains("topic/other", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscriber_ThatFailsOnAnEvent_GetsTheNextAndTheEventIsADeadLetter()
    {
        Picky.Refuses["subscriber"] = false;
        await SubscribeAsync("poison", new TopicSubscribe("picky/subscriber"));
        await SubscribeAsync("poison", new TopicSubscribe("listener/poison"));
        var topic = cluster.Client.Topic("poison");
        await topic.PublishAsync(new Add(1), cancellationToken: Token);
        await topic.PublishAsync(new Add(-1), cancellationToken: Token);
        await topic.PublishAsync(new Add(3), cancellationToken: Token);
        await Gates.Entered("listener/poison=3").Task.WaitAsync(Token);
        await Gates.Entered("picky/subscriber took 3").Task.WaitAsync(Token);
        var letters = await Task.WhenAll(DeadLetterAddress.All.Select(office =>
            cluster.Client.Agent(office).AskAsync(new DeadLetterList(Recipient: "picky/subscriber"), cancellationToken: Token).AsTask()));
        Assert.Equal(RefusalCodes.HandlerFailed, Assert.Single(letters.SelectMany(l => l.Letters)).Code);
    }

    [Fact]
    public async Task Subscriber_ThatWaitsLong_HoldsNobodyUpAndCatchesUp()
    {
        await SubscribeAsync("slow", new TopicSubscribe("greeter/slow"));
        await SubscribeAsync("slow", new TopicSubscribe("listener/quick"));
        await cluster.Client.Topic("slow").PublishAsync(new Hold("slow event"), cancellationToken: Token);
        for (var i = 0; i < 3; i++)
        {
            await cluster.Client.Topic("slow").PublishAsync(new Greet("x"), cancellationToken: Token);
        }

        await Gates.Entered("listener/quick=4").Task.WaitAsync(Token);
        Gates.Open("slow event").SetResult();
        // Once it has caught up nothing is left to do, and the store is told so.
        while ((await cluster.Store.LoadAsync(new TopicId("slow").Agent, Token))!.WakeAt is not null)
        {
            await cluster.Client.Agent("greeter/other").AskAsync(new Greet("x"), cancellationToken: Token);
        }
    }

    [Fact]
    public async Task Read_FromTheBeginningOrAPosition_SeesWhatWasPublishedBefore()
    {
        for (var i = 1; i <= 4; i++)
        {
            await PublishAsync("past", $"{i}");
        }

        Assert.Equal([1L, 2, 3, 4], await ReadAsync("past", TopicStart.Beginning, 4));
        Assert.Equal([3L, 4], await ReadAsync("past", TopicStart.After(2), 2));
        Assert.Equal([1L], await ReadAsync("past", TopicStart.At(DateTimeOffset.UnixEpoch), 1));
    }

    private static Dictionary<string, JsonElement> Filter(string json) => JsonElement.Parse(json).EnumerateObject().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);

    private async Task SubscribeAsync(TopicId topic, IRequest<TopicSubscribers> request) =>
        await cluster.Client.Agent(topic.Agent).AskAsync(request, cancellationToken: Token);

    private async Task PublishAsync(TopicId topic, string text) =>
        Assert.Equal(Outcome.Accepted, (await cluster.Client.Topic(topic).PublishAsync(new Note(text), cancellationToken: Token)).Outcome);

    private async Task<List<long>> ReadAsync(TopicId topic, TopicStart start, int count)
    {
        var positions = new List<long>();
        await foreach (var one in cluster.Client.Topic(topic).ReadAsync(start, Token))
        {
            positions.Add(one.Position);
            if (positions.Count == count)
            {
                break;
            }
        }

        return positions;
    }
}
