using OrleansAgents.Agents;
using OrleansAgents.Memory;
using OrleansAgents.Redis;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Redis;

namespace OrleansAgents.Tests.Runs;

/// <summary>A store of each kind for tests of runs, by name. Redis is started when the first test wants it.</summary>
public sealed class RunStores : IAsyncDisposable
{
    public const string Memory = "memory", Sqlite = "sqlite", Redis = "redis";

    private readonly Lazy<Task<RedisServer>> _redis = new(() => RedisServer.StartAsync());
    private readonly List<IAsyncDisposable> _open = [];
    private readonly List<string> _directories = [];
    private int _prefixes;

    /// <summary>A new and empty store that is open.</summary>
    public async Task<IAgentStore> OpenAsync(string name, CancellationToken cancellationToken) => await (await CreateAsync(name, cancellationToken))();

    /// <summary>A new and empty store, which is opened by the answer: again and again, each time with what it has.</summary>
    /// <param name="name">Which.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task<Func<Task<IAgentStore>>> CreateAsync(string name, CancellationToken cancellationToken)
    {
        switch (name)
        {
            case Sqlite:
                var directory = System.IO.Directory.CreateTempSubdirectory("runs-").FullName;
                Note(_directories, directory);
                return () => OpenAsync(new SqliteAgentStore(new() { DataDirectory = directory, FoldInterval = TimeSpan.FromMilliseconds(20) }), s => s.OpenAsync(cancellationToken));
            case Redis:
                var server = await _redis.Value;
                var prefix = $"runs-{Interlocked.Increment(ref _prefixes)}";
                return () => OpenAsync(new RedisAgentStore(new() { ConnectionString = server.ConnectionString, KeyPrefix = prefix }), s => s.OpenAsync(cancellationToken));
            default:
                var memory = new MemoryAgentStore();
                return () => Task.FromResult<IAgentStore>(memory);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _open)
        {
            await store.DisposeAsync();
        }

        if (_redis.IsValueCreated)
        {
            await (await _redis.Value).DisposeAsync();
        }

        foreach (var directory in _directories)
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<IAgentStore> OpenAsync<TStore>(TStore store, Func<TStore, Task> openAsync)
        where TStore : IAgentStore, IAsyncDisposable
    {
        Note(_open, store);
        await openAsync(store);
        return store;
    }

    private static void Note<T>(List<T> all, T one)
    {
        lock (all)
        {
            all.Add(one);
        }
    }
}
