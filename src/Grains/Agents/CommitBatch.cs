using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Agents;

/// <summary>What turns changed since the last commit, and who waits for it to be stored.</summary>
internal sealed class CommitBatch
{
    private readonly List<HandledMessage> _handled = [];
    private readonly List<TopicEvent> _events = [];
    private List<MessageId>? _acknowledged;
    private Dictionary<TopicId, long>? _positions;

    /// <summary>Turns that ended, in order, with the answers that they give once this is stored.</summary>
    public List<(PendingTurn Turn, Reply Reply)> Turns { get; } = [];

    public List<OutgoingMessage> Outgoing { get; } = [];

    /// <summary>Questions to be asked once this is stored; each is among <see cref="Outgoing"/>, too.</summary>
    public List<Question> Questions { get; } = [];

    /// <summary>Scheduled messages of earlier commits that are taken back.</summary>
    public List<MessageId> Cancelled { get; } = [];

    public IReadOnlyList<TopicEvent> Events => _events;

    public byte[]? State { get; set; }

    /// <summary>What the audit log gains, with places and hashes; empty until the batch is written.</summary>
    public IReadOnlyList<AuditEntry> Audit { get; set; } = [];

    /// <summary>Refuses a turn that would store a message which nobody could read again.</summary>
    /// <exception cref="AgentRefusedException">The payload of a message is no JSON object.</exception>
    public static void Check(AgentContext context)
    {
        foreach (var message in (context.Outgoing ?? []).Concat(context.Events ?? []))
        {
            if (!message.IsPayloadObject())
            {
                throw new AgentRefusedException(RefusalCodes.MalformedJson, $"The payload of {message} is no JSON object.");
            }
        }
    }

    public void Add(AgentContext context, PendingTurn turn, Reply reply, byte[]? answer, DateTimeOffset now)
    {
        if (!context.IsAnsweredLater)
        {
            _handled.Add(new HandledMessage(context.Message.Id, now, Wrap(answer)));
            Turns.Add((turn, reply));
        }

        foreach (var message in context.Outgoing ?? [])
        {
            Outgoing.Add(new OutgoingMessage(message, now));
        }

        Outgoing.AddRange(context.Scheduled ?? []);
        Questions.AddRange(context.Questions ?? []);
        foreach (var cancelled in context.Unscheduled ?? [])
        {
            Cancel(cancelled);
        }

        if (context.Message.Extras?.Position is { } position)
        {
            Reached(position);
        }
    }

    /// <summary>Has something noted as handled that is no turn's message.</summary>
    public void Note(PendingTurn turn, byte[] note, DateTimeOffset now)
    {
        _handled.Add(new HandledMessage(turn.Envelope.Id, now, note.AsMemory()));
        Turns.Add((turn, Reply.Accepted(note)));
    }

    /// <summary>Answers a message of an earlier turn.</summary>
    public void Give(PendingTurn turn, Reply reply, DateTimeOffset now)
    {
        if (reply.Outcome == Outcome.Accepted)
        {
            _handled.Add(new HandledMessage(turn.Envelope.Id, now, Wrap(reply.ToJson())));
        }

        Turns.Add((turn, reply));
    }

    public void Append(long position, Envelope message, DateTimeOffset now) => _events.Add(new TopicEvent(position, now, message));

    public void Reached(TopicPosition position) => (_positions ??= [])[position.Topic] = position.Position;

    public void Acknowledge(MessageId sent) => (_acknowledged ??= []).Add(sent);

    // A bare null would become an empty memory by way of the conversion from arrays.
    private static ReadOnlyMemory<byte>? Wrap(byte[]? bytes) => bytes is null ? default(ReadOnlyMemory<byte>?) : bytes.AsMemory();

    public void Cancel(MessageId scheduled)
    {
        Questions.RemoveAll(q => q.Id == scheduled);
        // What was recorded and taken back between two commits never reaches the store. One that is only kept may have
        // been to take the place of an earlier one, which is in the store.
        var isKept = Outgoing.Exists(m => m.Envelope.Id == scheduled && m.DueAt == DateTimeOffset.MaxValue);
        if (Outgoing.RemoveAll(m => m.Envelope.Id == scheduled) == 0 || isKept)
        {
            Acknowledge(scheduled);
            Cancelled.Add(scheduled);
        }
    }

    public AgentCommit ToCommit(long etag, DateTimeOffset? wakeAt) => new()
    {
        Etag = etag,
        State = Wrap(State),
        Handled = _handled,
        Outgoing = Outgoing,
        Acknowledged = _acknowledged ?? [],
        Positions = _positions is null ? [] : [.. _positions.Select(p => new TopicPosition(p.Key, p.Value))],
        Events = _events,
        WakeAt = wakeAt,
        Audit = Audit,
    };
}
