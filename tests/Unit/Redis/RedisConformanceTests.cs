using OrleansAgents.Agents;
using OrleansAgents.Redis;
using OrleansAgents.Tests.Storage;
using Xunit;

namespace OrleansAgents.Tests.Redis;

/// <summary>Every store's tests on one server.</summary>
public sealed class RedisConformanceTests(RedisFixture redis) : RedisConformance(redis.Server), IClassFixture<RedisFixture>;

/// <summary>The same on a Redis Cluster, where each script must keep to one hash slot.</summary>
public sealed class RedisClusterConformanceTests(RedisClusterFixture redis) : RedisConformance(redis.Server), IClassFixture<RedisClusterFixture>;

/// <summary>A Redis store for the tests of every store.</summary>
public abstract class RedisConformance(RedisServer server) : AgentStoreConformance
{
    private readonly string _prefix = RedisFixture.NewPrefix();
    private RedisAgentStore? _store;

    protected override async ValueTask<IAgentStore> OpenAsync()
    {
        _store = new RedisAgentStore(new RedisStoreOptions { ConnectionString = server.ConnectionString, KeyPrefix = _prefix, Handled = Window }, Time);
        await _store.OpenAsync();
        return _store;
    }

    protected override async ValueTask<IAgentStore> ReopenAsync()
    {
        await CloseAsync();
        return await OpenAsync();
    }

    protected override async ValueTask CloseAsync() => await _store!.CloseAsync();
}
