using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Agents;

/// <summary>What a store keeps of an agent.</summary>
public sealed record AgentRecord
{
    /// <summary>How many commits were written; the next one names it.</summary>
    public required long Etag { get; init; }

    /// <summary>The state's UTF-8 JSON; null when none was ever written.</summary>
    public ReadOnlyMemory<byte>? State { get; init; }

    /// <summary>The messages handled within <see cref="HandledWindow"/>, oldest first.</summary>
    public IReadOnlyList<HandledMessage> Handled { get; init; } = [];

    /// <summary>The messages sent and not yet acknowledged, in the order they were recorded.</summary>
    public IReadOnlyList<OutgoingMessage> Outgoing { get; init; } = [];

    /// <summary>The last event of each topic that the agent handled.</summary>
    public IReadOnlyList<TopicPosition> Positions { get; init; } = [];

    /// <summary>The position of the last event in the agent's own log; 0 when it never appended one.</summary>
    public long LastEvent { get; init; }

    /// <summary>When the agent is to be woken; null for never.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>Where the agent's audit log ends; null when it has none.</summary>
    public AuditHead? Audit { get; init; }
}

/// <summary>The changes that an agent's turns made, written together or not at all.</summary>
public sealed record AgentCommit
{
    /// <summary>The etag that the turns started from; 0 for an agent never stored.</summary>
    public required long Etag { get; init; }

    /// <summary>The new state's UTF-8 JSON; null when it did not change.</summary>
    public ReadOnlyMemory<byte>? State { get; init; }

    /// <summary>The messages handled, in order.</summary>
    public IReadOnlyList<HandledMessage> Handled { get; init; } = [];

    /// <summary>The messages to send. One with the id of an unacknowledged message takes that one's place, keeping its turn.</summary>
    public IReadOnlyList<OutgoingMessage> Outgoing { get; init; } = [];

    /// <summary>Messages of earlier commits that need not be sent any more. Applied before <see cref="Outgoing"/>; unknown ids are ignored.</summary>
    public IReadOnlyList<MessageId> Acknowledged { get; init; } = [];

    /// <summary>The topics whose events were handled, each with the last one's position.</summary>
    public IReadOnlyList<TopicPosition> Positions { get; init; } = [];

    /// <summary>Events for the agent's own log, their positions counting on from <see cref="AgentRecord.LastEvent"/>.</summary>
    public IReadOnlyList<TopicEvent> Events { get; init; } = [];

    /// <summary>When to wake the agent if nothing else does; null for never. It replaces the one before.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>Entries for the agent's audit log, their sequences counting on from <see cref="AgentRecord.Audit"/>.</summary>
    public IReadOnlyList<AuditEntry> Audit { get; init; } = [];
}

/// <summary>A message that was handled, with its stored reply.</summary>
/// <param name="Id">The message.</param>
/// <param name="At">When.</param>
/// <param name="Reply">The answer's UTF-8 JSON; null for none.</param>
public sealed record HandledMessage(MessageId Id, DateTimeOffset At, ReadOnlyMemory<byte>? Reply);

/// <summary>A message that a turn sent, until its recipient has acknowledged it.</summary>
/// <param name="Envelope">The message.</param>
/// <param name="Since">When it was first due: the end of its turn, or the time it is scheduled for.</param>
public sealed record OutgoingMessage(Envelope Envelope, DateTimeOffset Since)
{
    /// <summary>When it is to be tried next.</summary>
    public DateTimeOffset DueAt { get; init; } = Since;

    /// <summary>How often it was tried in vain.</summary>
    public int Attempts { get; init; }
}

/// <summary>
/// How far back a durable agent knows the messages it handled: a repeat within the window gets the stored reply, one
/// beyond it is handled anew. A message leaves the window when either limit passes it.
/// </summary>
public sealed class HandledWindow
{
    /// <summary>How many messages of each agent. 10,000 unless told.</summary>
    public int Count { get; set; } = 10_000;

    /// <summary>For how long. 10 minutes unless told.</summary>
    public TimeSpan Age { get; set; } = TimeSpan.FromMinutes(10);
}
