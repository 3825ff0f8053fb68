using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Sqlite;
using OrleansAgents.Topics;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Sqlite;

public sealed class SqliteTopicRetentionTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(Start);
    private readonly TemporaryStore _files;

    public SqliteTopicRetentionTests() => _files = new TemporaryStore(_time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public async Task Events_BeyondTheAge_GoAndPositionsGoOn()
    {
        var store = await _files.OpenAsync();
        await AppendAsync(store, "a", 1, 3);
        await AppendAsync(store, "b", 1, 2);
        _time.Advance(_files.Options.Topics.Age);
        await AppendAsync(store, "b", 3, 1);
        _time.Advance(_files.Options.FoldInterval);
        await _files.SettleAsync();

        Assert.Empty(await store.ReadAsync("a", 0, 10, Token));
        Assert.Equal([3], (await store.ReadAsync("b", 0, 10, Token)).Select(e => e.Position));
        Assert.Equal((3, 2), (await store.FindAsync("a", Start, Token), await store.FindAsync("b", Start, Token)));

        var place = (await store.ReadAllAsync(0, 5, 10, Token))[0].Place;
        _time.Advance(_files.Options.Topics.Age + _files.Options.FoldInterval);
        await _files.SettleAsync();
        Assert.Equal(0, await _files.QueryAsync("SELECT count(*) FROM event"));

        store = await _files.ReopenAsync();
        await AppendAsync(store, "a", 4, 1);
        var all = await store.ReadAllAsync(0, 0, 10, Token);
        Assert.Equal((place + 1, 4), (all[0].Place, all[0].Event.Position));
    }

    [Fact]
    public async Task Events_BeyondTheBytes_GoTopicByTopic()
    {
        _files.Options.Topics.Bytes = 2000;
        var store = await _files.OpenAsync();
        await AppendAsync(store, "small", 1, 1);
        await AppendAsync(store, "large", 1, 50);
        await _files.SettleAsync();

        Assert.Single(await store.ReadAsync("small", 0, 100, Token));
        var kept = await store.ReadAsync("large", 0, 100, Token);
        Assert.InRange(kept.Count, 5, 15);
        Assert.Equal(50, kept[^1].Position);
        Assert.InRange(await _files.QueryAsync("SELECT sum(length(body)) FROM event"), 1000, 2300);
        Assert.Equal(kept[0].Position, (await store.ReadAsync("large", 2, 1, Token))[0].Position);
        Assert.Equal(kept[0].Position - 1, await store.FindAsync("large", Start, Token));

        store = await _files.ReopenAsync();
        await AppendAsync(store, "large", 51, 1);
        Assert.Equal(51, (await store.ReadAsync("large", 50, 10, Token))[0].Position);
    }

    [Fact]
    public async Task ReadAll_BeyondTheEventsInMemory_ReadsTheDatabase()
    {
        var store = await _files.OpenAsync();
        await AppendAsync(store, "a", 1, 5000);

        var place = 0L;
        for (var expected = 1; expected <= 5000;)
        {
            foreach (var one in await store.ReadAllAsync(0, place, 300, Token))
            {
                Assert.Equal(expected++, one.Event.Position);
                place = one.Place;
            }
        }
    }

    [Fact]
    public async Task ReadAll_WhenTheStoreCloses_EndsTheWait()
    {
        var store = await _files.OpenAsync();
        var waiting = store.ReadAllAsync(0, after: null, 10, Token).AsTask();

        await store.CloseAsync();

        await Assert.ThrowsAsync<AgentStoreException>(() => waiting);
    }

    [Fact]
    public async Task Events_AtAnotherPosition_AreRefusedAlone()
    {
        var store = await _files.OpenAsync();
        var good = store.CommitAsync("topic/a", Events(0, Event(1)), Token);
        var bad = store.CommitAsync("topic/b", Events(0, Event(2)), Token);

        await good;
        await Assert.ThrowsAsync<AgentStoreException>(async () => await bad);

        await store.CommitAsync("topic/b", Events(0, Event(1)), Token);
    }

    private async Task AppendAsync(SqliteAgentStore store, TopicId topic, long first, int count)
    {
        var events = Enumerable.Range(0, count).Select(i => Event(first + i, _time.GetUtcNow())).ToArray();
        var etag = (await store.LoadAsync(topic.Agent, Token))?.Etag ?? 0;
        await store.CommitAsync(topic.Agent, Events(etag, events), Token);
    }
}
