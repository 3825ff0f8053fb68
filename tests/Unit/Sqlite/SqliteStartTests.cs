using OrleansAgents.Agents;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Architecture;
using OrleansAgents.Tests.Audit;
using OrleansAgents.Tests.Storage;
using OrleansAgents.Topics;
using Xunit;

namespace OrleansAgents.Tests.Sqlite;

public sealed class SqliteStartTests : IAsyncDisposable
{
    private readonly TemporaryStore _files = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Fact]
    public async Task Open_OfAFileThatIsNoDatabase_SaysSo()
    {
        await File.WriteAllTextAsync(_files.File, string.Concat(Enumerable.Repeat("no database ", 1000)), Token);

        Assert.Contains("damaged or no database", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OfADamagedFile_SaysSo()
    {
        await FillAsync();
        var bytes = await File.ReadAllBytesAsync(_files.File, Token);
        bytes.AsSpan(StoreFile.PageSize).Fill(0x5A);
        await File.WriteAllBytesAsync(_files.File, bytes, Token);

        Assert.Contains("put a backup in its place", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OfANewerSchema_SaysWhichAndLeavesItAlone()
    {
        await FillAsync();
        Execute("PRAGMA user_version = 7");

        Assert.Contains($"newer version of this program (schema 7, this one knows {StoreSchema.Version})", await RefusedAsync(), StringComparison.Ordinal);

        Execute($"PRAGMA user_version = {StoreSchema.Version}");
        var store = await _files.OpenAsync();
        Assert.NotNull(await store.LoadAsync(TestCommits.Pricer, Token));
    }

    [Fact]
    public async Task Open_OfTheFirstSchema_KeepsEverythingAndSendsNoStreamTwice()
    {
        await FillAsync();
        var store = await _files.OpenAsync();
        await store.CommitAsync(new TopicId("a").Agent, TestCommits.Events(0, TestCommits.Event(1), TestCommits.Event(2)), Token);
        await store.CloseAsync();
        Execute("DROP TABLE audit; ALTER TABLE mark DROP COLUMN checkpoint; PRAGMA user_version = 1");

        store = await _files.OpenAsync();

        Assert.NotNull(await store.LoadAsync(TestCommits.Pricer, Token));
        Assert.Equal(2, (await store.ReadAsync("a", 0, 10, Token)).Count);
        Assert.Equal((await store.ReadAllAsync(0, 0, 10, Token))[^1].Place, await store.LoadCheckpointAsync(0, Token));
    }

    [Fact]
    public async Task Open_OfTheSecondSchema_KeepsEverythingAndHasRoomForAudits()
    {
        Execute(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "Unit", "Sqlite", "schema-2.sql"), Token));

        var store = await _files.OpenAsync();
        var record = (await store.LoadAsync(TestCommits.Pricer, Token))!;

        Assert.Equal((2, "2", null), (record.Etag, TestCommits.Text(record.State), record.Audit));
        Assert.Equal("test.sent", Assert.Single(record.Outgoing).Envelope.Type);
        Assert.Equal([new TopicPosition("orders/eu", 2)], record.Positions);
        Assert.Equal("3", TestCommits.Text((await store.LoadAsync(new AgentId("pricer", "us"), Token))!.State));
        Assert.Equal(2, (await store.ReadAsync("orders/eu", 0, 10, Token)).Count);
        Assert.Empty(await store.ReadAuditAsync(TestCommits.Pricer, 0, 10, Token));
        var entries = TestLog.Chain(2);
        await store.CommitAsync(TestCommits.Pricer, new AgentCommit { Etag = 2, Audit = entries }, Token);
        store = await _files.ReopenAsync();
        Assert.Equal(entries, await store.ReadAuditAsync(TestCommits.Pricer, 0, 10, Token));
        await store.CloseAsync();
        Assert.Equal(3, Query("PRAGMA user_version"));
    }

    [Fact]
    public async Task Open_OfAnotherProgramsDatabase_Refuses()
    {
        Execute("CREATE TABLE theirs(a)");

        Assert.Contains("belongs to another program", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OfAReadOnlyFile_SaysSo()
    {
        await FillAsync();
        File.SetAttributes(_files.File, FileAttributes.ReadOnly);

        Assert.Contains("is read-only; give this process the right to write it", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_InAReadOnlyDirectory_SaysSo()
    {
        File.SetAttributes(_files.Directory, FileAttributes.ReadOnly | FileAttributes.Directory);

        Assert.Contains("cannot be written; give this process the right to write it", await RefusedAsync(), StringComparison.Ordinal);

        File.SetAttributes(_files.Directory, FileAttributes.Directory);
    }

    [Fact]
    public async Task Open_WhereTheDirectoryIsAFile_SaysSo()
    {
        var file = Path.Combine(_files.Directory, "file");
        await File.WriteAllTextAsync(file, "", Token);
        _files.Options.DataDirectory = file;

        Assert.Contains("set another DataDirectory", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OfAFileInUse_RefusesAtOnceAndLeavesTheFirstAlone()
    {
        var first = await _files.OpenAsync();

        Assert.Equal(
            $"The file '{_files.File}' is in use by another process; stop that process or set another DataDirectory.", await RefusedAsync());

        await first.CommitAsync(TestCommits.Pricer, TestCommits.State(0, "1"), Token);
        await first.CloseAsync();
        await using var second = new SqliteAgentStore(_files.Options);
        await second.OpenAsync(Token);
        Assert.NotNull(await second.LoadAsync(TestCommits.Pricer, Token));
    }

    [Fact]
    public async Task Open_WithAFaultySetting_NamesItAndTheRemedy()
    {
        _files.Options.JournalBytes = 0;

        Assert.Equal("SqliteStoreOptions.JournalBytes must be 1 or more; 1 GiB is the default.", await RefusedAsync());
    }

    [Fact]
    public async Task Calls_AfterClose_AreRefused()
    {
        var store = await _files.OpenAsync();
        await store.CloseAsync();

        await Assert.ThrowsAsync<AgentStoreException>(async () => await store.CommitAsync(TestCommits.Pricer, TestCommits.State(0, "1"), Token));
        await Assert.ThrowsAsync<AgentStoreException>(async () => await store.LoadAsync(TestCommits.Pricer, Token));
    }

    private async Task<string> RefusedAsync()
    {
        await using var store = new SqliteAgentStore(_files.Options);
        var refused = await Assert.ThrowsAnyAsync<AgentStoreException>(() => store.OpenAsync(Token));
        Assert.DoesNotContain('\n', refused.Message);
        return refused.Message;
    }

    private async Task FillAsync()
    {
        var store = await _files.OpenAsync();
        for (var etag = 0; etag < 50; etag++)
        {
            await store.CommitAsync(TestCommits.Pricer, TestCommits.State(etag, new string('x', 500)), Token);
        }

        await store.CloseAsync();
    }

    private void Execute(string sql)
    {
        using var connection = OrleansAgents.Sqlite.Connection.Open(_files.File);
        connection.Execute(sql);
    }

    private long Query(string sql)
    {
        using var connection = OrleansAgents.Sqlite.Connection.Open(_files.File);
        return connection.ReadNumber(sql);
    }
}
