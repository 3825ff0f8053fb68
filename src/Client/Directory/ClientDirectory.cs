using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Orleans.Runtime;
using OrleansAgents.Agents;

namespace OrleansAgents.Directory;

/// <summary>What a client learns of the agents that there are.</summary>
public static class ClientDirectory
{
    // Making a handle costs more than asking by it.
    private static readonly ConditionalWeakTable<IAgentClient, FrozenDictionary<AgentId, AgentHandle>> Shards = [];

    /// <summary>
    /// Finds agents that registered themselves with a capability, and kinds that have it by their attribute. All shards of
    /// the directory are asked at once; those that do not answer in time are named in the result.
    /// </summary>
    /// <param name="client">The client that asks.</param>
    /// <param name="capability">What they can do.</param>
    /// <param name="tags">Only those with all of these tags; null for any.</param>
    /// <param name="kind">Only those of this kind; null for any.</param>
    /// <param name="limit">At most that many agents, 1 to 1000.</param>
    /// <param name="after">Only agents behind this address, in the order of kind and key; null for the first.</param>
    /// <param name="within">How long to wait; null for 5 seconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">What is sought breaks a rule; the message says which.</exception>
    /// <exception cref="AgentRefusedException">An access rule does not allow it, or no silo has a directory.</exception>
    public static async ValueTask<FoundAgents> FindAsync(
        this IAgentClient client, string capability, IReadOnlyList<string>? tags = null, string? kind = null, int limit = 100, AgentId? after = null,
        TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        using var patience = new CancellationTokenSource(within ?? FanOut.Patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var shards = Shards.GetValue(client, static client => DirectoryAddress.All.ToFrozenDictionary(shard => shard, client.Agent));
        var search = new DirectorySearch((shard, query, _) => AskAsync(shards[shard], query, either.Token));
        return await search.RunAsync(new DirectoryFind(capability, tags, kind, limit, after?.ToString()), client.Kinds, cancellationToken);
    }

    /// <summary>One timer ends the wait for all shards; a call that brought its own would cost several times as much.</summary>
    private static async ValueTask<DirectoryPage> AskAsync(AgentHandle shard, DirectoryFind query, CancellationToken stop)
    {
        var ask = shard.AskAsync(query, cancellationToken: CancellationToken.None).AsTask();
        try
        {
            return await ask.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            ask.Ignore();
            throw;
        }
    }

    /// <summary>
    /// Lists the agents that are active now, and on which silo. All silos are asked at once, the platform's own agents
    /// included; those that do not answer in time are named in the result. It is a look at something that moves: an agent
    /// may have come or gone by the time the answer is there.
    /// </summary>
    /// <param name="client">The client that asks.</param>
    /// <param name="kind">Only those of this kind; null for all.</param>
    /// <param name="limit">At most that many, 1 to 10,000.</param>
    /// <param name="within">How long to wait; null for 5 seconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is none.</exception>
    /// <exception cref="AgentException">No silo told which silos there are, or an access rule does not allow it.</exception>
    public static async ValueTask<ActiveAgents> ActiveAsync(
        this IAgentClient client, string? kind = null, int limit = 100, TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, SiloAgents.MaxLimit);
        var send = new SendOptions { Timeout = within ?? FanOut.Patience };
        // Silos know at once which of them there are; a client learns it up to a minute later.
        var cluster = await client.Agent(new AgentId(SiloKind.Name, SiloKind.Any)).AskAsync(new SiloList(), send, cancellationToken);
        var table = new ActiveSearch(client, new SiloAgents(kind, Limit: limit), send);
        return await table.RunAsync(cluster.Silos, cancellationToken);
    }
}
