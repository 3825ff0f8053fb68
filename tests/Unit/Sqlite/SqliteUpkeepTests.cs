using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Sqlite;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Sqlite;

public sealed class SqliteUpkeepTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(Start);
    private readonly TemporaryStore _files;

    public SqliteUpkeepTests() => _files = new TemporaryStore(_time, options => options.Handled.Count = 10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public async Task Fold_OfManyCommits_WritesOneRowEachAndTrimsTheJournalToTheWindow()
    {
        var store = await _files.OpenAsync();
        for (var etag = 0; etag < 200; etag++)
        {
            await Task.WhenAll(CommitAsync(store, "pricer/a", etag), CommitAsync(store, "pricer/b", etag));
        }

        Assert.Equal((0, 400), (await CountAsync("agent"), await CountAsync("journal")));
        await UpkeepAsync();

        Assert.Equal((2, 20), (await CountAsync("agent"), await CountAsync("journal")));
        await AssertIntactAsync(store, 200);
        await AssertIntactAsync(await _files.ReopenAsync(), 200);
    }

    [Fact]
    public async Task Fold_OfAnIdleStore_ComesWithItsInterval()
    {
        var store = await _files.OpenAsync();
        await CommitAsync(store, "pricer/a", 0);
        Assert.Equal(0, await CountAsync("agent"));

        _time.Advance(_files.Options.FoldInterval);
        await _files.SettleAsync();

        Assert.Equal(1, await CountAsync("agent"));
        Assert.Equal(1, await _files.QueryAsync("SELECT folded FROM mark"));
    }

    [Fact]
    public async Task Trim_OfOldEntries_KeepsWhatIsNotAcknowledged()
    {
        var store = await _files.OpenAsync();
        var messages = Enumerable.Range(0, 6).Select(i => Message($$"""{"i":{{i}}}""")).ToArray();
        await store.CommitAsync(Pricer, State(0, "0") with { Outgoing = [.. messages[..3].Select(m => Outgoing(m))] }, Token);
        await store.CommitAsync(Pricer, new AgentCommit { Etag = 1, Acknowledged = [messages[1].Id], Outgoing = [.. messages[3..].Select(m => Outgoing(m))] }, Token);
        _time.Advance(TimeSpan.FromHours(1));
        await UpkeepAsync();

        Assert.Equal((0, 5), (await CountAsync("journal"), await CountAsync("outbox")));
        await AssertOutgoingAsync(0, 2, 3, 4, 5);
        store = await _files.ReopenAsync();
        await AssertOutgoingAsync(0, 2, 3, 4, 5);

        await store.CommitAsync(
            Pricer, new AgentCommit { Etag = 2, Acknowledged = [messages[0].Id, messages[4].Id], Outgoing = [Outgoing(messages[3], attempts: 1)] }, Token);
        Assert.Equal(2, await CountAsync("outbox"));
        await AssertOutgoingAsync(2, 3, 5);
        await _files.ReopenAsync();
        await AssertOutgoingAsync(2, 3, 5);

        async Task AssertOutgoingAsync(params int[] expected) => Assert.Equal(
            expected.Select(i => messages[i].Id), (await _files.Store.LoadAsync(Pricer, Token))!.Outgoing.Select(o => o.Envelope.Id));
    }

    [Fact]
    public async Task Trim_BeyondTheLimitOfBytes_ForgetsTheOldestBeforeTheirTime()
    {
        _files.Options.Handled.Count = 1000;
        _files.Options.JournalBytes = 10_000;
        var store = await _files.OpenAsync();
        var sent = Message();
        await store.CommitAsync(Pricer, new AgentCommit { Etag = 0, Outgoing = [Outgoing(sent)] }, Token);
        for (var etag = 1; etag < 100; etag++)
        {
            await store.CommitAsync(Pricer, State(etag, new string('x', 500)) with { Handled = [Handled(MessageId.New(), _time.GetUtcNow())] }, Token);
        }

        await UpkeepAsync();

        Assert.InRange(await _files.QueryAsync("SELECT sum(length(body)) FROM journal"), 8_000, 10_000);
        Assert.Equal(await _files.QueryAsync("SELECT sum(length(body)) FROM journal"), await _files.QueryAsync("SELECT bytes FROM mark"));
        var record = await store.LoadAsync(Pricer, Token);
        Assert.InRange(record!.Handled.Count, 10, 20);
        Assert.Equal(sent.Id, Assert.Single(record.Outgoing).Envelope.Id);
    }

    [Fact]
    public async Task Memory_OfManyAgents_HoldsOnlyAsManyAsAllowed()
    {
        _files.Options.CachedAgents = 10;
        _files.Options.FoldCommits = 50;
        var store = await _files.OpenAsync();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 300; i++)
            {
                await CommitAsync(store, new AgentId("pricer", $"a{i}"), round);
            }
        }

        await UpkeepAsync();
        await CommitAsync(store, "pricer/last", 0);

        var inMemory = 0;
        await store.RunOnWriterAsync(open => inMemory = open.AgentsInMemory);
        Assert.InRange(inMemory, 1, 20);
        for (var i = 0; i < 300; i++)
        {
            Assert.Equal(3, (await store.LoadAsync(new AgentId("pricer", $"a{i}"), Token))!.Etag);
        }
    }

    private static async Task CommitAsync(SqliteAgentStore store, AgentId agent, long etag) => await store.CommitAsync(
        agent, State(etag, $"{etag}") with { Handled = [Handled(MessageId.New(), Start, $"{etag}")] }, Token);

    private static async Task AssertIntactAsync(SqliteAgentStore store, int etag)
    {
        foreach (var agent in new AgentId[] { "pricer/a", "pricer/b" })
        {
            var record = await store.LoadAsync(agent, Token);
            Assert.Equal((etag, $"{etag - 1}"), (record!.Etag, Text(record.State)));
            Assert.Equal(Enumerable.Range(etag - 10, 10).Select(i => $"{i}"), record.Handled.Select(h => Text(h.Reply)));
        }
    }

    private Task<long> CountAsync(string table) => _files.QueryAsync($"SELECT count(*) FROM {table}");

    private async Task UpkeepAsync()
    {
        await _files.FoldAsync();
        await _files.SettleAsync();
    }
}
