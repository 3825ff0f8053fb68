using System.Collections.Concurrent;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Testing.Hosting;

/// <summary>
/// The cluster's store as one silo sees it. It fails and delays commits by the plan, takes none from a silo or an agent
/// that crashed, and keeps the store's promises meanwhile: commits of an agent in the order of the calls, and stale ones
/// behind one that failed.
/// </summary>
internal sealed class FaultyAgentStore(IAgentStore inner, TestNetwork network, TestSiloLife silo) : IAgentStore
{
    private readonly ConcurrentDictionary<AgentId, CommitLane> _lanes = new();

    public ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken)
    {
        if (silo.IsKilled)
        {
            return ValueTask.FromException<AgentRecord?>(Crashed(agent));
        }

        _lanes.TryRemove(agent, out _);
        return inner.LoadAsync(agent, cancellationToken);
    }

    public async ValueTask CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken)
    {
        if (network.IsGone(silo, agent))
        {
            throw Crashed(agent);
        }

        var lane = _lanes.GetOrAdd(agent, static _ => new CommitLane());
        var fault = network.Faults?.StrikeCommit(agent);
        var (before, handedIn) = lane.Enter();
        Task written;
        try
        {
            await before;
            if (lane.IsBroken)
            {
                throw new StaleEtagException(agent, commit.Etag);
            }

            written = await HandInAsync(agent, commit, fault, lane, cancellationToken);
        }
        finally
        {
            handedIn.SetResult();
        }

        await written;
        if (fault?.Kind == FaultKind.FailAfterCommit)
        {
            throw Failed(agent, fault);
        }
    }

    public ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        silo.IsKilled
            ? ValueTask.FromException<IReadOnlyList<AgentId>>(new AgentStoreException($"{silo.Name} was killed."))
            : inner.ReadDueAsync(until, limit, cancellationToken);

    public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(AgentId agent, long after, int limit, CancellationToken cancellationToken) =>
        silo.IsKilled
            ? ValueTask.FromException<IReadOnlyList<AuditEntry>>(Crashed(agent))
            : inner.ReadAuditAsync(agent, after, limit, cancellationToken);

    private async ValueTask<Task> HandInAsync(AgentId agent, AgentCommit commit, InjectedFault? fault, CommitLane lane, CancellationToken cancellationToken)
    {
        if (fault?.Kind == FaultKind.DelayCommit)
        {
            await Task.Delay(fault.Time, network.Time, cancellationToken);
        }

        // Before the write is handed in, so that no later commit slips in between.
        lane.IsBroken |= fault?.Kind is FaultKind.FailBeforeCommit or FaultKind.FailAfterCommit;
        if (network.IsGone(silo, agent))
        {
            throw Crashed(agent);
        }

        return fault?.Kind == FaultKind.FailBeforeCommit
            ? throw Failed(agent, fault)
            : inner.CommitAsync(agent, commit, cancellationToken).AsTask();
    }

    private AgentStoreException Crashed(AgentId agent) => new($"{agent} on {silo.Name} crashed; it can commit nothing more.");

    private AgentStoreException Failed(AgentId agent, InjectedFault fault) =>
        new($"The fault plan (seed {network.Faults!.Seed}) failed a commit of {agent}: {fault}.");
}

/// <summary>The commits of one activation, handed in one after the other.</summary>
internal sealed class CommitLane
{
    private readonly Lock _lock = new();
    private Task _tail = Task.CompletedTask;
    private volatile bool _isBroken;

    /// <summary>Whether a commit failed since the agent was loaded.</summary>
    public bool IsBroken
    {
        get => _isBroken;
        set => _isBroken = value;
    }

    public (Task Before, TaskCompletionSource HandedIn) Enter()
    {
        var handedIn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            (var before, _tail) = (_tail, handedIn.Task);
            return (before, handedIn);
        }
    }
}
