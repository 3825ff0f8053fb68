using OrleansAgents.Audit;

namespace OrleansAgents.Agents;

/// <summary>Stands where nobody chose a store, and says so.</summary>
internal sealed class NoStore : IAgentStore
{
    public ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken) => throw Missing();

    public ValueTask CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken) => throw Missing();

    public ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken) => throw Missing();

    public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(AgentId agent, long after, int limit, CancellationToken cancellationToken) => throw Missing();

    private static AgentStoreException Missing() =>
        new("This silo has no store for durable agents: call UseMemoryStorage(), or another Use…Storage(), on the silo builder.");
}
