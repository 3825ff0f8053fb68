using OrleansAgents.Agents;
using OrleansAgents.Redis;
using OrleansAgents.Tests.Redis;
using OrleansAgents.Topics;
using StackExchange.Redis;
using Xunit;

namespace OrleansAgents.Tests.Redis;

/// <summary>A server for the tests of a class that do not stop it; each takes a prefix of its own.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private static int _prefixes;

    internal RedisServer Server { get; } = new();

    public static string NewPrefix() => $"test-{Interlocked.Increment(ref _prefixes)}";

    public ValueTask InitializeAsync() => Server.InitializeAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>A server that is a Redis Cluster by itself: it refuses a script whose keys are not on one hash slot.</summary>
public sealed class RedisClusterFixture : IAsyncLifetime
{
    internal RedisServer Server { get; } = new()
    {
        Arguments = ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1", "--cluster-port", $"{Ports.Next()}"],
    };

    public async ValueTask InitializeAsync()
    {
        await Server.InitializeAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(Server.ConnectionString + ",allowAdmin=true");
        await connection.GetServers()[0].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", 0, 16383);
        while (!$"{await connection.GetServers()[0].ExecuteAsync("CLUSTER", "INFO")}".Contains("cluster_state:ok", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
