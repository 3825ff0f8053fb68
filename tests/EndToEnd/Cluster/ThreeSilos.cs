using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Cluster;

/// <summary>
/// Three silos on one Redis, for tests that break them one after the other and leave them as they were. Nothing else runs
/// meanwhile: they ask how long things take.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ThreeSilos : ICollectionFixture<ThreeSilos>, IAsyncLifetime
{
    public const string Name = "Three silos";
    private RedisSilos? _silos;
    private OutsideClient? _client;

    internal RedisSilos Silos => _silos!;

    internal OutsideClient Client => _client!;

    /// <summary>Where the random moments of a test come from: another seed each time, or that of the environment's <c>AGENTS_TEST_SEED</c>.</summary>
    internal static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("AGENTS_TEST_SEED"), out var seed) ? seed : Random.Shared.Next();

    internal IEnumerable<RedisSilo> All => Enumerable.Range(0, Silos.Count).Select(i => Silos[i]);

    public async ValueTask InitializeAsync()
    {
        _silos = await RedisSilos.StartAsync(3, "--Agents:Assemblies:0", Programs.TillBefore, "--Agents:Assemblies:1", Programs.Marketplace);
        _client = await OutsideClient.ConnectAsync(_silos.Redis.ConnectionString);
    }

    /// <summary>Waits until every silo takes messages.</summary>
    internal Task ReadyAsync() => Task.WhenAll(All.Select(silo => silo.UntilAsync("/healthz/ready", text => text == "ready")));

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        if (_silos is not null)
        {
            await _silos.DisposeAsync();
        }
    }
}
