using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Topics;
using StackExchange.Redis;

namespace OrleansAgents.Redis;

/// <summary>
/// The names of everything in Redis. What stands between braces decides the hash slot, so that all of a partition,
/// agents, wake index and feed, lies on one.
/// </summary>
internal sealed class RedisKeys(string prefix, int partitions)
{
    public int Partitions => partitions;

    /// <summary>Where it is said that a partition's feed has grown.</summary>
    public RedisChannel Channel { get; } = RedisChannel.Literal($"{prefix}:feed");

    /// <summary>What is fixed with the first start.</summary>
    public static RedisKey Meta(string prefix) => $"{prefix}:meta";

    public int PartitionOf(AgentId agent) => (int)(Hash(agent) % (uint)partitions);

    public int PartitionOf(TopicId topic) => PartitionOf(topic.Agent);

    public RedisKey Agent(AgentId agent) => Of(agent, "agent");

    public RedisKey Handled(AgentId agent) => Of(agent, "handled");

    public RedisKey Outgoing(AgentId agent) => Of(agent, "outgoing");

    public RedisKey Events(AgentId agent) => Of(agent, "events");

    public RedisKey Audit(AgentId agent) => Of(agent, "audit");

    public RedisKey Wake(int partition) => $"{{{prefix}:{partition}}}:wake";

    public RedisKey Feed(int partition) => $"{{{prefix}:{partition}}}:feed";

    public RedisKey Place(int partition) => $"{{{prefix}:{partition}}}:place";

    public RedisKey Checkpoint(int partition) => $"{{{prefix}:{partition}}}:checkpoint";

    private RedisKey Of(AgentId agent, string part) => $"{{{prefix}:{PartitionOf(agent)}}}:{part}:{agent}";

    /// <summary>FNV-1a of 32 bits, by Fowler, Noll and Vo, over the name in UTF-8. What is stored lies where it says: it never changes.</summary>
    private static uint Hash(AgentId agent)
    {
        var hash = 2166136261u;
        foreach (var one in Encoding.UTF8.GetBytes(agent.ToString()))
        {
            hash = (hash ^ one) * 16777619u;
        }

        return hash;
    }
}
