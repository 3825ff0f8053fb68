using OrleansAgents.Audit;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>Settings of the agents in a silo.</summary>
public sealed class AgentOptions
{
    /// <summary>
    /// What this silo has: agent classes with a <see cref="AgentAttribute.Label"/> are hosted only where it is among these.
    /// None unless told. Lower-case letters, digits and hyphens, a letter first.
    /// </summary>
    public IList<string> Labels { get; } = [];

    /// <summary>
    /// Whether all durable agents of this silo are audited, topics and dead letters included, as if their classes had
    /// <see cref="AgentAttribute.Audited"/>. False unless told. Set it on all silos alike.
    /// </summary>
    public bool Audit { get; set; }

    /// <summary>
    /// A file with the key of the audit logs' hashes, 32 bytes or more; line ends behind it are none of it. Whoever can
    /// write the store and lacks the key cannot make a log that verifies. Null, unless told, for hashes without a key. All
    /// silos of a cluster have the same: a log that has been keyed and goes on without a key does not verify.
    /// </summary>
    public string? AuditKeyFile { get; set; }

    /// <summary>
    /// Whether agents of this silo note the messages of conversations: those that carry a conversation's id. True unless
    /// told. Each such message costs one message more, to <c>conversation/ID</c>, with its payload and its answer; any other
    /// costs nothing. False for none; what other silos note is kept here all the same.
    /// </summary>
    public bool RecordConversations { get; set; } = true;

    /// <summary>How large a message may be.</summary>
    public MessageLimits Limits { get; } = new();

    /// <summary>How outgoing messages are repeated.</summary>
    public DeliveryOptions Delivery { get; } = new();

    /// <summary>How many messages may wait at one agent; more are refused as busy. 10,000 unless told.</summary>
    public int QueueLength { get; set; } = 10_000;

    /// <summary>How many handled messages a volatile agent remembers. 256 unless told.</summary>
    public int VolatileWindow { get; set; } = 256;

    /// <summary>How many messages an agent may have on their way; with more, new messages are refused as busy. 10,000 unless told.</summary>
    public int OutboxLength { get; set; } = 10_000;

    /// <summary>How old an outgoing message may grow, from when it was first due, before it becomes a dead letter. 1 hour unless told.</summary>
    public TimeSpan OutgoingAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long an ask from within a turn waits at most; the deadline of the turn's own message may end it earlier. 30 seconds unless told.</summary>
    public TimeSpan AskTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping agent goes on sending what its turns recorded. 5 seconds unless told.</summary>
    public TimeSpan StopPatience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a silo looks for agents that are due. 100 ms unless told.</summary>
    public TimeSpan WakePeriod { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// After how long another silo goes on with the messages of an agent that is gone and whose silo lives. A silo that
    /// starts, or learns that another died, goes on with all it finds at once. 10 seconds unless told.
    /// </summary>
    public TimeSpan WakeAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The key of the audit logs; null where none is set.</summary>
    /// <exception cref="InvalidDataException">The file holds none.</exception>
    internal AuditKey? ReadAuditKey() => AuditKeyFile is { } file ? AuditKey.Read(file) : null;
}
