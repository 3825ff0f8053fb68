using OrleansAgents.Agents;

namespace OrleansAgents.Testing.Faults;

/// <summary>
/// Faults of agents' commits, injected before the store of the cluster, whichever it is. A commit that fails does so with
/// <see cref="AgentStoreException"/>, and those behind it as stale until the agent is loaded again, as the store's
/// promises have it.
/// </summary>
public sealed class CommitFaults
{
    private readonly FaultPlan _plan;
    private readonly AddressPattern _agent;

    internal CommitFaults(FaultPlan plan, AddressPattern agent) => (_plan, _agent) = (plan, agent);

    /// <inheritdoc cref="FaultKind.FailBeforeCommit"/>
    public CommitFaults FailBefore(When when) => Add(FaultKind.FailBeforeCommit, when, default);

    /// <inheritdoc cref="FaultKind.FailAfterCommit"/>
    public CommitFaults FailAfter(When when) => Add(FaultKind.FailAfterCommit, when, default);

    /// <summary>The commit is written later by <paramref name="time"/> of the cluster's clock, and those of the same agent wait behind it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public CommitFaults Delay(When when, TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return Add(FaultKind.DelayCommit, when, time);
    }

    private CommitFaults Add(FaultKind kind, When when, TimeSpan time)
    {
        ArgumentNullException.ThrowIfNull(when);
        _plan.Add(kind, from: null, _agent, when, time, time);
        return this;
    }
}
