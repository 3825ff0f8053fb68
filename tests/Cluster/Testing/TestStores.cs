using OrleansAgents.Agents;
using OrleansAgents.Memory;
using OrleansAgents.Redis;
using OrleansAgents.Sqlite;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Redis;

namespace OrleansAgents.Tests.Testing;

/// <summary>A store of each kind for the tests of a class, by name. Redis is started when the first test wants it.</summary>
public sealed class TestStores : IAsyncDisposable
{
    private const int AtOnce = 4, SeedsBeyondMemory = 2;

    public const string Memory = "memory", Sqlite = "sqlite", Redis = "redis";

    private readonly Lazy<Task<RedisServer>> _redis = new(() => RedisServer.StartAsync());
    private readonly List<IAsyncDisposable> _open = [];
    private readonly List<string> _directories = [];
    private int _prefixes;

    /// <summary>All of them, for theories.</summary>
    public static TheoryData<string> Names => [Memory, Sqlite, Redis];

    /// <summary>
    /// Checks with faults seed after seed, some at once, each on a new store of that name: fewer where each commit waits for a
    /// disk or another process.
    /// </summary>
    internal Task OverSeedsAsync(string name, int seeds, Func<FaultPlan, IAgentStore, CancellationToken, Task> checkAsync, CancellationToken token) => Parallel.ForEachAsync(
        FaultSeeds.Take(name == Memory ? seeds : Math.Min(seeds, SeedsBeyondMemory)),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = token },
        async (seed, each) => await checkAsync(new FaultPlan(seed), await OpenAsync(name, each), each));

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
                var directory = System.IO.Directory.CreateTempSubdirectory("stores-").FullName;
                Note(_directories, directory);
                return () => OpenAsync(new SqliteAgentStore(new() { DataDirectory = directory, FoldInterval = TimeSpan.FromMilliseconds(20) }), s => s.OpenAsync(cancellationToken));
            case Redis:
                var server = await _redis.Value;
                var prefix = $"stores-{Interlocked.Increment(ref _prefixes)}";
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
