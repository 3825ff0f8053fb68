using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Storage;

public abstract partial class AgentStoreConformance
{
    private static readonly TopicId Topic = "orders/eu";

    [Fact]
    public async Task Events_OfACommit_AreReadByPosition()
    {
        await AppendAsync(0, Event(1, payload: """{"n":1}"""), Event(2));
        await AppendAsync(1, Event(3));

        foreach (var reopened in new[] { false, true })
        {
            Store = reopened ? await ReopenAsync() : Store;
            var events = await Log.ReadAsync(Topic, 0, 10, Token);
            Assert.Equal([1, 2, 3], events.Select(e => e.Position));
            Assert.Equal((Start.AddSeconds(1), """{"n":1}"""), (events[0].At, Text(events[0].Envelope.PayloadJson)));
            Assert.Equal([2], (await Log.ReadAsync(Topic, 1, 1, Token)).Select(e => e.Position));
            Assert.Empty(await Log.ReadAsync(Topic, 3, 10, Token));
            Assert.Empty(await Log.ReadAsync("other", 0, 10, Token));
            Assert.Equal(3, (await Store.LoadAsync(Topic.Agent, Token))!.LastEvent);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    public async Task Find_OfATime_GivesThePositionBeforeIt(int seconds, long expected)
    {
        await AppendAsync(0, Event(1), Event(2), Event(3));

        Assert.Equal(expected, await Log.FindAsync(Topic, Start.AddSeconds(seconds), Token));
        Assert.Equal(0, await Log.FindAsync("other", Start.AddSeconds(seconds), Token));
    }

    [Fact]
    public async Task ReadAll_FromTheBeginning_GivesEveryTopicInOrder()
    {
        await AppendAsync(0, Event(1), Event(2));
        var other = Enumerable.Range(0, int.MaxValue).Select(i => new TopicId($"other-{i}")).First(topic => Log.PartitionOf(topic) == Partition);
        await Store.CommitAsync(other.Agent, Events(0, Event(1)), Token);
        await AppendAsync(1, Event(3));

        foreach (var reopened in new[] { false, true })
        {
            Store = reopened ? await ReopenAsync() : Store;
            var all = await Log.ReadAllAsync(Partition, 0, 10, Token);
            Assert.Equal([("orders/eu", 1), ("orders/eu", 2), (other.Name, 1), ("orders/eu", 3)], all.Select(e => (e.Topic.Name, e.Event.Position)));
            Assert.Equal(all.Select(e => e.Place).Order(), all.Select(e => e.Place));
            Assert.Equal([all[1]], await Log.ReadAllAsync(Partition, all[0].Place, 1, Token), ByPlace);
        }
    }

    [Fact]
    public async Task ReadAll_AtTheEnd_WaitsForTheNextCommit()
    {
        await AppendAsync(0, Event(1));
        var fromNow = Log.ReadAllAsync(Partition, after: null, 10, Token).AsTask();
        var behindAll = Log.ReadAllAsync(Partition, (await Log.ReadAllAsync(Partition, 0, 10, Token))[^1].Place, 10, Token).AsTask();
        Assert.False(fromNow.IsCompleted || behindAll.IsCompleted);

        await AppendAsync(1, Event(2));

        Assert.Equal(2, Assert.Single(await fromNow).Event.Position);
        Assert.Equal(2, Assert.Single(await behindAll).Event.Position);
    }

    [Fact]
    public async Task Checkpoint_SavedOutOfOrder_NeverGoesBack()
    {
        Assert.Equal(0, await Log.LoadCheckpointAsync(Partition, Token));
        await Log.SaveCheckpointAsync(Partition, 7, Token);
        await Log.SaveCheckpointAsync(Partition, 5, Token);
        Store = await ReopenAsync();
        Assert.Equal(7, await Log.LoadCheckpointAsync(Partition, Token));
    }

    [Fact]
    public async Task ReadAll_WhenCancelled_EndsTheWait()
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = Log.ReadAllAsync(Partition, after: null, 10, cancelled.Token).AsTask();

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static readonly EqualityComparer<LoggedEvent> ByPlace =
        EqualityComparer<LoggedEvent>.Create((a, b) => a?.Place == b?.Place, e => e.Place.GetHashCode());

    private int Partition => Log.PartitionOf(Topic);

    private async Task AppendAsync(long etag, params TopicEvent[] events) =>
        await Store.CommitAsync(Topic.Agent, Events(etag, events), Token);
}
