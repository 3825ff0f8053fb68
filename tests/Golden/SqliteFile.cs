using OrleansAgents.Sqlite;

namespace OrleansAgents.Tests.Golden;

/// <summary>
/// The file of the SQLite store with commits in each place that they rest in: one round out of the journal, one folded
/// into rows and in the journal, and one in the journal alone.
/// </summary>
internal static class SqliteFile
{
    public static async Task WriteAsync(string directory)
    {
        var options = new SqliteStoreOptions { DataDirectory = System.IO.Directory.CreateTempSubdirectory("golden-").FullName };
        await WriteAsync(options, Messages.Now.AddHours(-1), 0);
        await WriteAsync(options, Messages.Now, 1);
        await WriteAsync(options, Messages.Now, 2, Path.Combine(directory, "agents.db"));
        System.IO.Directory.Delete(options.DataDirectory, recursive: true);
    }

    private static async Task WriteAsync(SqliteStoreOptions options, DateTimeOffset now, int round, string? backup = null)
    {
        await using var store = new SqliteAgentStore(options, new StillTime(now));
        await store.OpenAsync();
        await Commits.WriteAsync(store, round);
        if (backup is not null)
        {
            await store.BackupAsync(backup);
        }
    }
}
