using OrleansAgents.Topics;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Topics;

public sealed class TopicTests(AgentCluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_ToSubscribers_ReachesEachOnce()
    {
        await cluster.Outside.Agent("listener/one").AskAsync(new AskOn(["orders/eu"]), cancellationToken: Token);
        await cluster.Outside.Agent("listener/two").AskAsync(new AskOn(["orders/eu"]), cancellationToken: Token);
        var topic = cluster.Outside.Topic("orders/eu");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(Outcome.Accepted, (await topic.PublishAsync(new Note($"n{i}"), cancellationToken: Token)).Outcome);
        }

        await Gates.Entered("listener/one=5").Task.WaitAsync(Token);
        await Gates.Entered("listener/two=5").Task.WaitAsync(Token);
        Assert.Equal(5, ListenerAgent.Heard["one"].Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public async Task Publish_SameIdTwice_IsOneEvent()
    {
        await cluster.Outside.Agent("listener/dup").AskAsync(new AskOn(["dup"]), cancellationToken: Token);
        var topic = cluster.Outside.Topic("dup");
        var options = new SendOptions { Id = MessageId.New() };
        Assert.Equal(Outcome.Accepted, (await topic.PublishAsync(new Note("a"), options, Token)).Outcome);
        Assert.Equal(Outcome.Duplicate, (await topic.PublishAsync(new Note("a"), options, Token)).Outcome);
        await topic.PublishAsync(new Note("b"), cancellationToken: Token);
        await Gates.Entered("listener/dup=2").Task.WaitAsync(Token);
        Assert.Equal(2, ListenerAgent.Heard["dup"].Count);
    }

    [Fact]
    public async Task Read_FromOutside_SeesWhatIsPublished()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var topic = cluster.Outside.Topic("read/me");
        var seen = new List<string>();
        var reading = Task.Run(
            async () =>
            {
                await foreach (var message in topic.ReadAsync(TopicStart.Now, end.Token))
                {
                    seen.Add(message.Envelope.Type);
                    if (seen.Count == 3)
                    {
                        break;
                    }
                }
            },
            Token);
        // Reading starts in its own time, so publish until it has seen enough.
        while (!reading.IsCompleted)
        {
            await topic.PublishAsync(new Note("x"), cancellationToken: Token);
        }

        await reading;
        Assert.Equal(["test.note", "test.note", "test.note"], seen);
    }

    [Fact]
    public async Task Read_WhileTheServingSiloGoes_GoesOnBehindTheLastEvent()
    {
        await using var two = await AgentTestCluster.StartAsync(options => options.Silos = 2, Token);
        var topic = two.Client.Topic("served");
        await topic.PublishAsync(new Note("first"), cancellationToken: Token);
        await using var events = topic.ReadAsync(TopicStart.After(0), Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());
        var first = events.Current;
        var next = events.MoveNextAsync().AsTask();
        await two.KillSiloAsync(two.FindSilo("topic/served")!);
        Assert.Equal(Outcome.Accepted, (await topic.PublishAsync(new Note("second"), cancellationToken: Token)).Outcome);
        Assert.True(await next);
        Assert.Equal(first.Position + 1, events.Current.Position);
        // The call that published it had a deadline; the event has none.
        Assert.Null(events.Current.Envelope.ExpiresAt);
    }
}
