using OrleansAgents.Agents;
using OrleansAgents.Topics;

namespace OrleansAgents.Redis;

/// <summary>Settings of the store on a Redis server or a Redis Cluster.</summary>
public sealed class RedisStoreOptions
{
    /// <summary>
    /// Where Redis is, in the form of StackExchange.Redis: <c>host:port</c>, several of them for a Redis Cluster, and
    /// behind them <c>password=…</c>, <c>user=…</c>, <c>ssl=true</c>, <c>defaultDatabase=n</c>. <c>127.0.0.1:6379</c> unless told.
    /// </summary>
    public string ConnectionString { get; set; } = "127.0.0.1:6379";

    /// <summary>
    /// What every key begins with, so that several platforms can share a server: letters, digits, dots, hyphens and
    /// underscores. <c>agents</c> unless told.
    /// </summary>
    public string KeyPrefix { get; set; } = "agents";

    /// <summary>
    /// How many partitions the agents and topics are spread over, each on one hash slot, from 1 to 1,024. It is fixed with
    /// the first start; null takes what was fixed, or 16.
    /// </summary>
    public int? Partitions { get; set; }

    /// <summary>The window that the agents of the silo have too.</summary>
    internal HandledWindow Handled { get; set; } = new();

    /// <summary>How long the events of topics are kept.</summary>
    internal TopicRetention Topics { get; set; } = new();
}
