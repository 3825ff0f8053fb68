using OrleansAgents.Sqlite;

namespace OrleansAgents.Tests.Sqlite;

/// <summary>A store in a directory of its own, which goes with it.</summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    private readonly TimeProvider _time;

    public TemporaryStore(TimeProvider time, Action<SqliteStoreOptions>? configure = null)
    {
        _time = time;
        Directory = System.IO.Directory.CreateTempSubdirectory("agents-").FullName;
        Options = new SqliteStoreOptions { DataDirectory = Directory };
        configure?.Invoke(Options);
    }

    public string Directory { get; }

    public string File => Options.File;

    public SqliteStoreOptions Options { get; }

    public SqliteAgentStore Store { get; private set; } = null!;

    public async Task<SqliteAgentStore> OpenAsync()
    {
        var store = new SqliteAgentStore(Options, _time);
        await store.OpenAsync();
        return Store = store;
    }

    public async Task<SqliteAgentStore> ReopenAsync()
    {
        await Store.CloseAsync();
        return await OpenAsync();
    }

    /// <summary>What a process killed now would leave behind, opened.</summary>
    public async Task<TemporaryStore> OpenCopyAsync()
    {
        var copy = new TemporaryStore(_time, Copy);
        // The writer holds still meanwhile, as the kill would have it.
        await Store.RunOnWriterAsync(_ =>
        {
            foreach (var path in System.IO.Directory.GetFiles(Directory, SqliteStoreOptions.FileName + "*"))
            {
                if (!path.EndsWith(".lock", StringComparison.Ordinal) && !path.EndsWith("-shm", StringComparison.Ordinal))
                {
                    System.IO.File.Copy(path, Path.Combine(copy.Directory, Path.GetFileName(path)));
                }
            }
        });
        await copy.OpenAsync();
        return copy;
    }

    /// <summary>Brings every row up to date, and trims what is due.</summary>
    public Task FoldAsync() => Store.RunOnWriterAsync(open => open.Fold());

    /// <summary>Waits until the writer has done what it does by itself: slices of upkeep and tasks take turns.</summary>
    public async Task SettleAsync()
    {
        for (var i = 0; i < 4; i++)
        {
            await Store.RunOnWriterAsync(_ => { });
        }
    }

    /// <summary>A number from the file.</summary>
    public async Task<long> QueryAsync(string sql)
    {
        var number = 0L;
        await Store.RunOnWriterAsync(open => number = open.Connection.ReadNumber(sql));
        return number;
    }

    public async ValueTask DisposeAsync()
    {
        if (Store is not null)
        {
            await Store.CloseAsync();
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private void Copy(SqliteStoreOptions options)
    {
        (options.Handled.Count, options.Handled.Age) = (Options.Handled.Count, Options.Handled.Age);
        (options.JournalBytes, options.FoldCommits) = (Options.JournalBytes, Options.FoldCommits);
    }
}
