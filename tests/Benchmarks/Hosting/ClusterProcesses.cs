using Microsoft.Extensions.Hosting;
using OrleansAgents.Tests.Cases;

namespace OrleansAgents.Tests.Hosting;

/// <summary>Redis, some silos in processes of their own, and a client in this one.</summary>
internal sealed class ClusterProcesses : IAsyncDisposable
{
    private readonly RedisProcess _redis;
    private readonly List<ChildProcess> _silos;

    private ClusterProcesses(RedisProcess redis, List<ChildProcess> silos, IHost client) => (_redis, _silos, Client) = (redis, silos, client);

    public IHost Client { get; }

    public IReadOnlyList<ChildProcess> Silos => _silos;

    public static async Task<ClusterProcesses> StartAsync(int silos)
    {
        var redis = await RedisProcess.StartAsync();
        var started = new List<ChildProcess>();
        for (var i = 0; i < silos; i++)
        {
            started.Add(await JoinAsync(redis));
        }

        return new ClusterProcesses(redis, started, await BenchmarkHost.StartClusterClientAsync(redis.ConnectionString));
    }

    public void Kill(ChildProcess silo) => silo.Kill();

    /// <summary>Starts a silo in the place of one that was killed; returns when it is in the cluster.</summary>
    public async Task ReplaceAsync(ChildProcess killed)
    {
        await killed.DisposeAsync();
        _silos[_silos.IndexOf(killed)] = await JoinAsync(_redis);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.StopAsync();
        Client.Dispose();
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        await _redis.DisposeAsync();
    }

    private static async Task<ChildProcess> JoinAsync(RedisProcess redis)
    {
        var silo = ChildProcess.Start(ChildCommands.Join, redis.ConnectionString);
        await silo.ReadLineAsync();
        return silo;
    }
}
