using OrleansAgents.Agents;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Sqlite;

public sealed class SqliteBackupTests : IAsyncDisposable
{
    private readonly TemporaryStore _files = new(TimeProvider.System);
    private readonly TemporaryStore _restored = new(TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _files.DisposeAsync();
        await _restored.DisposeAsync();
    }

    [Fact]
    public async Task Backup_OfAStoreInUse_HoldsEverythingAcknowledged()
    {
        var store = await _files.OpenAsync();
        await store.CommitAsync(Pricer, State(0, "0"), Token);
        await _files.FoldAsync();
        await store.CommitAsync(Pricer, State(1, "1") with { Outgoing = [Outgoing(Message())], WakeAt = Start }, Token);

        await store.BackupAsync(_restored.File, Token);
        await store.CommitAsync(Pricer, State(2, "2"), Token);

        var restored = await _restored.OpenAsync();
        var record = await restored.LoadAsync(Pricer, Token);
        Assert.Equal((2, "1"), (record!.Etag, Text(record.State)));
        Assert.Single(record.Outgoing);
        Assert.Equal([Pricer], await restored.ReadDueAsync(Start, 10, Token));
        await restored.CommitAsync(Pricer, State(2, "other"), Token);
    }

    [Fact]
    public async Task Backup_ToAFileThatExists_Refuses()
    {
        var store = await _files.OpenAsync();
        await File.WriteAllTextAsync(_restored.File, "mine", Token);

        await Assert.ThrowsAsync<AgentStoreException>(() => store.BackupAsync(_restored.File, Token));

        Assert.Equal("mine", await File.ReadAllTextAsync(_restored.File, Token));
    }

    [Fact]
    public async Task Backup_ToNowhere_SaysSoAndTheStoreGoesOn()
    {
        var store = await _files.OpenAsync();

        var refused = await Assert.ThrowsAnyAsync<AgentStoreException>(() => store.BackupAsync("/proc/none/backup.db", Token));

        Assert.Contains("could not be made", refused.Message, StringComparison.Ordinal);
        await store.CommitAsync(Pricer, State(0, "0"), Token);
    }
}
