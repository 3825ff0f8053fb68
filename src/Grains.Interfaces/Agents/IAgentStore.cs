using OrleansAgents.Audit;

namespace OrleansAgents.Agents;

/// <summary>
/// Where durable agents rest; the only thing that knows a database. Each call is atomic for one agent, and a commit is
/// one write of what an agent's turns changed.
/// </summary>
public interface IAgentStore
{
    /// <summary>Everything kept of an agent as of its last written commit; null when nothing is.</summary>
    /// <exception cref="AgentStoreException">The store cannot be read.</exception>
    ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a commit, all of it or nothing. The agent's etag is then one more than <see cref="AgentCommit.Etag"/>, so
    /// the next commit may be handed in before this one is written: commits of one agent are taken in the order of the
    /// calls, and when one fails those that build on it fail as stale. When the task ends, the commit survives a crash
    /// if the store is a durable one.
    /// </summary>
    /// <exception cref="StaleEtagException">Somebody else committed since, or an earlier commit failed; nothing was written.</exception>
    /// <exception cref="AgentStoreException">The store could not take it; whether it was written is unknown until the next load.</exception>
    ValueTask CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken);

    /// <summary>
    /// Agents whose <see cref="AgentCommit.WakeAt"/> is at or before <paramref name="until"/>, the longest due first,
    /// <paramref name="limit"/> at most.
    /// </summary>
    /// <exception cref="AgentStoreException">The store cannot be read.</exception>
    ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// The entries of an agent's audit log behind the sequence <paramref name="after"/>, 0 for all, in order,
    /// <paramref name="limit"/> at most; none when it has no log. They are kept for ever.
    /// </summary>
    /// <exception cref="AgentStoreException">The store cannot be read.</exception>
    ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(AgentId agent, long after, int limit, CancellationToken cancellationToken);
}

/// <summary>The store cannot be read or written now.</summary>
public class AgentStoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another activation committed first; this one must reload.</summary>
public sealed class StaleEtagException(AgentId agent, long expected)
    : AgentStoreException($"{agent} was changed by another activation since commit {expected}, or that commit failed.");
