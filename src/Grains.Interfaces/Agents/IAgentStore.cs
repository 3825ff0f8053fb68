using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// Where durable agents rest; the only thing that knows a database. Each call is atomic for one agent, and a commit is
/// one write of what a turn changed.
/// </summary>
public interface IAgentStore
{
    /// <summary>Everything kept of an agent; null when nothing is.</summary>
    /// <exception cref="AgentStoreException">The store cannot be read.</exception>
    ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a commit, all of it or nothing. The answer is the new etag. Survives a crash from then on where the store
    /// is a durable one.
    /// </summary>
    /// <exception cref="StaleEtagException">Somebody else committed since <see cref="AgentCommit.Etag"/>; nothing was written.</exception>
    /// <exception cref="AgentStoreException">The store could not take it; whether it was written is unknown until the next load.</exception>
    ValueTask<long> CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken);

    /// <summary>Agents whose <see cref="AgentCommit.WakeAt"/> has come, the longest due first, <paramref name="limit"/> at most.</summary>
    ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);
}

/// <summary>What a store keeps of an agent.</summary>
/// <param name="Etag">The number of its last commit.</param>
/// <param name="State">The state's UTF-8 JSON; null when none was ever written.</param>
/// <param name="Handled">The messages handled within the window, oldest first.</param>
/// <param name="Outgoing">The messages sent and not yet acknowledged, oldest first.</param>
public sealed record AgentRecord(
    long Etag, ReadOnlyMemory<byte>? State, IReadOnlyList<HandledMessage> Handled, IReadOnlyList<Envelope> Outgoing);

/// <summary>A message that was handled, with its stored reply.</summary>
/// <param name="Id">The message.</param>
/// <param name="At">When.</param>
/// <param name="Reply">The answer's UTF-8 JSON; null for none.</param>
public sealed record HandledMessage(MessageId Id, DateTimeOffset At, ReadOnlyMemory<byte>? Reply);

/// <summary>The changes of one turn.</summary>
public sealed record AgentCommit
{
    /// <summary>The etag the turn started from; 0 for an agent never stored.</summary>
    public required long Etag { get; init; }

    /// <summary>The new state's UTF-8 JSON; null when it did not change.</summary>
    public ReadOnlyMemory<byte>? State { get; init; }

    /// <summary>The message handled; null for a commit that only acknowledges.</summary>
    public HandledMessage? Handled { get; init; }

    /// <summary>The messages to send.</summary>
    public IReadOnlyList<Envelope> Outgoing { get; init; } = [];

    /// <summary>Messages of earlier commits that need not be sent any more.</summary>
    public IReadOnlyList<MessageId> Acknowledged { get; init; } = [];

    /// <summary>When to wake the agent if nothing else does; null for never.</summary>
    public DateTimeOffset? WakeAt { get; init; }
}

/// <summary>The store cannot be read or written now.</summary>
public class AgentStoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another activation committed first; this one must reload.</summary>
public sealed class StaleEtagException(AgentId agent, long expected)
    : AgentStoreException($"{agent} was changed by another activation since commit {expected}.");
