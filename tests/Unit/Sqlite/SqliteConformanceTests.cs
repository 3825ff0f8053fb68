using OrleansAgents.Agents;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Storage;

namespace OrleansAgents.Tests.Sqlite;

/// <summary>Every store's tests, with rows that are brought up to date only at the end.</summary>
public sealed class SqliteConformanceTests() : SqliteConformance(options => options.FoldCommits = 1_000_000);

/// <summary>The same, with rows brought up to date and agents let go from memory at every turn.</summary>
public sealed class SqliteFoldingConformanceTests() : SqliteConformance(options =>
{
    options.FoldCommits = 1;
    options.CachedAgents = 1;
    options.GroupCommits = 2;
});

/// <summary>The same, opened again from what a killed process would have left.</summary>
public sealed class SqliteCrashConformanceTests() : SqliteConformance(options => options.FoldCommits = 7)
{
    private TemporaryStore? _copy;

    protected override async ValueTask<IAgentStore> ReopenAsync()
    {
        var copy = await (_copy ?? Files).OpenCopyAsync();
        await DisposeCopyAsync();
        _copy = copy;
        return copy.Store;
    }

    protected override async ValueTask CloseAsync()
    {
        await DisposeCopyAsync();
        await base.CloseAsync();
    }

    private async ValueTask DisposeCopyAsync()
    {
        if (_copy is not null)
        {
            await _copy.DisposeAsync();
        }
    }
}

/// <summary>A SQLite store for the tests of every store.</summary>
public abstract class SqliteConformance(Action<SqliteStoreOptions> configure) : AgentStoreConformance
{
    private TemporaryStore? _files;

    private protected TemporaryStore Files => _files!;

    protected override async ValueTask<IAgentStore> OpenAsync()
    {
        _files = new TemporaryStore(Time, options =>
        {
            (options.Handled.Count, options.Handled.Age) = (Window.Count, Window.Age);
            configure(options);
        });
        return await _files.OpenAsync();
    }

    protected override async ValueTask<IAgentStore> ReopenAsync() => await Files.ReopenAsync();

    protected override async ValueTask CloseAsync() => await Files.DisposeAsync();
}
