using OrleansAgents.Agents;
using OrleansAgents.Sqlite;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Sqlite;

public sealed class SqliteFullDiskTests : IAsyncDisposable
{
    private readonly TemporaryStore _files = new(TimeProvider.System, options => options.FoldCommits = 10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public async Task Commit_OnAFullDisk_IsRefusedWholeAndWorksAgainOnceFreed()
    {
        var store = await _files.OpenAsync();
        await LimitAsync("40");
        var (etag, state) = await FillAsync(store);

        var full = await Assert.ThrowsAnyAsync<AgentStoreException>(() => CommitAsync(store, etag));
        Assert.Contains("is full", full.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StaleEtagException>(() => CommitAsync(store, etag + 1));
        Assert.Equal((etag, state), await ReadAsync(store, Pricer));

        await LimitAsync("1000000");
        await CommitAsync(store, etag);
        Assert.Equal(etag + 1, (await ReadAsync(store, Pricer)).Etag);
        store = await _files.ReopenAsync();
        Assert.Equal(etag + 1, (await ReadAsync(store, Pricer)).Etag);
        Assert.Equal(etag + 1, (await store.LoadAsync(Pricer, Token))!.Outgoing.Count);
    }

    [Fact]
    public async Task Commits_OfOneAgentOnAFullDisk_FailAndTheFollowersAreStale()
    {
        var store = await _files.OpenAsync();
        await LimitAsync("40");
        var (etag, _) = await FillAsync(store);

        Task[] commits = [.. Enumerable.Range(0, 20).Select(i => CommitAsync(store, etag + i))];
        var faults = await Task.WhenAll(commits.Select(async commit => await Record.ExceptionAsync(() => commit)));

        Assert.False(faults[0] is null or StaleEtagException);
        Assert.All(faults[1..], fault => Assert.IsType<StaleEtagException>(fault));
        Assert.Equal(etag, (await ReadAsync(store, Pricer)).Etag);
    }

    [Fact]
    public async Task Commit_OfANewAgentOnAFullDisk_LeavesNothingOfIt()
    {
        var store = await _files.OpenAsync();
        await LimitAsync("40");
        await FillAsync(store);
        var other = new AgentId("pricer", "other");

        await Assert.ThrowsAnyAsync<AgentStoreException>(async () => await store.CommitAsync(other, Large(0), Token));
        Assert.Null(await store.LoadAsync(other, Token));

        await LimitAsync("1000000");
        await store.CommitAsync(other, Large(0), Token);
        Assert.Equal(1, (await ReadAsync(store, other)).Etag);
    }

    [Fact]
    public async Task Events_OnAFullDisk_GoOnWithoutAGapOnceFreed()
    {
        var store = await _files.OpenAsync();
        await LimitAsync("40");
        var etag = 0L;
        while (await Record.ExceptionAsync(async () => await store.CommitAsync("topic/t", Events(etag, Event(etag + 1, payload: Payload)), Token)) is null)
        {
            etag++;
        }

        await LimitAsync("1000000");
        await store.CommitAsync("topic/t", Events(etag, Event(etag + 1)), Token);

        Assert.Equal(Enumerable.Range(1, (int)etag + 1), (await store.ReadAsync("t", 0, 1000, Token)).Select(e => (int)e.Position));
        Assert.Equal(etag + 1, (await store.ReadAllAsync(0, 0, 1000, Token)).Count);
    }

    private static readonly string Payload = $$"""{"text":"{{new string('x', 3000)}}"}""";

    private static AgentCommit Large(long etag) => State(etag, $"{etag}") with { Outgoing = [Outgoing(Message(Payload))] };

    // SQLite answers as for a full disk when the file has so many pages.
    private Task LimitAsync(string pages) =>
        _files.Store.RunOnWriterAsync(open => open.Connection.Execute($"PRAGMA max_page_count = {pages}"));

    private static async Task CommitAsync(SqliteAgentStore store, long etag) => await store.CommitAsync(Pricer, Large(etag), Token);

    private static async Task<(long Etag, string? State)> FillAsync(SqliteAgentStore store)
    {
        var etag = 0L;
        while (await Record.ExceptionAsync(() => CommitAsync(store, etag)) is null)
        {
            etag++;
        }

        Assert.True(etag > 0);
        return (etag, $"{etag - 1}");
    }

    private static async Task<(long Etag, string? State)> ReadAsync(SqliteAgentStore store, AgentId agent)
    {
        var record = await store.LoadAsync(agent, Token);
        return (record!.Etag, Text(record.State));
    }
}
