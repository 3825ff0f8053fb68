using System.Diagnostics;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Agents;

/// <summary>
/// One turn, as its handler sees it. What it records leaves after the turn's commit, in order per recipient, and not at
/// all when the handler throws. It is over with the turn: later use throws.
/// </summary>
public sealed partial class AgentContext
{
    private AgentTurns? _turns;

    internal AgentContext(AgentTurns turns, Envelope message, Handler handler)
    {
        _turns = turns;
        Message = message;
        Handler = handler;
    }

    /// <summary>The agent whose turn it is.</summary>
    public AgentId Self => Turns.Id;

    /// <summary>The message being handled.</summary>
    public Envelope Message { get; }

    /// <summary>Who sent the message.</summary>
    public AgentId Sender => Message.Sender;

    internal Handler Handler { get; }

    /// <summary>What all agents of the silo share.</summary>
    internal AgentHost Host => Turns.Host;

    /// <summary>Whether an ask of this turn ended with the turn's own deadline, whose timer may fire a little after the ask's.</summary>
    internal bool IsOutOfTime { get; private set; }

    internal List<Envelope>? Outgoing { get; private set; }

    internal List<OutgoingMessage>? Scheduled { get; private set; }

    internal List<MessageId>? Unscheduled { get; private set; }

    internal List<Envelope>? Events { get; private set; }

    private AgentTurns Turns => _turns ?? throw new InvalidOperationException(
        $"The turn of {Message.Contract} {Message.Id} is over; a context is not to be kept beyond its turn.");

    /// <summary>Tells another agent, after the commit.</summary>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query.</exception>
    public void Tell<TMessage>(AgentId to, TMessage message)
        where TMessage : notnull =>
        Record(Envelope.Create(Self, to, message));

    /// <summary>Tells another agent a JSON object as it is, after the commit. In a durable agent one that is none refuses the turn, as <c>malformed-json</c>.</summary>
    /// <exception cref="ArgumentException">The payload is empty; a message without members is <c>{}</c>.</exception>
    /// <exception cref="FormatException">The contract's name or version breaks the rules.</exception>
    /// <inheritdoc cref="Tell" path="/exception"/>
    public void TellJson(AgentId to, string type, ReadOnlyMemory<byte> payload, int version = 1) =>
        Record(Envelope.CreateJson(Self, to, type, payload, version));

    /// <summary>Tells an agent later: not before <paramref name="at"/>, and soon after it. The answer is the id to cancel it by.</summary>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query, or the agent keeps no state to remember it by.</exception>
    public MessageId Schedule<TMessage>(DateTimeOffset at, AgentId to, TMessage message)
        where TMessage : notnull
    {
        if (Turns.Commits is null)
        {
            throw new InvalidOperationException($"{Self} is volatile and would forget what it schedules; derive it from Agent<TState>.");
        }

        var envelope = Link(Envelope.Create(Self, to, message), asks: false);
        RefuseInQuery();
        (Scheduled ??= []).Add(new OutgoingMessage(envelope, at));
        return envelope.Id;
    }

    /// <summary>Tells an agent after a while.</summary>
    /// <inheritdoc cref="Schedule{TMessage}(DateTimeOffset, AgentId, TMessage)" path="/exception"/>
    public MessageId Schedule<TMessage>(TimeSpan after, AgentId to, TMessage message)
        where TMessage : notnull =>
        Schedule(Turns.Host.Time.GetUtcNow() + after, to, message);

    /// <summary>Takes a scheduled message back, with this turn's commit. Does nothing when it is on its way already.</summary>
    /// <inheritdoc cref="Tell" path="/exception"/>
    public void CancelScheduled(MessageId message)
    {
        RefuseInQuery();
        (Unscheduled ??= []).Add(message);
    }

    /// <summary>Publishes an event to a topic, after the commit.</summary>
    /// <inheritdoc cref="Tell" path="/exception"/>
    public void Publish<TEvent>(TopicId topic, TEvent message)
        where TEvent : notnull =>
        Tell(topic.Agent, message);

    /// <summary>Tells the sender, after the commit, as the answer to the message being handled.</summary>
    /// <inheritdoc cref="Tell" path="/exception"/>
    public void Reply<TMessage>(TMessage message)
        where TMessage : notnull
    {
        var envelope = Envelope.Create(Self, Sender, message);
        Record(envelope.With(new EnvelopeExtras { CorrelationId = Message.Id }));
    }

    /// <summary>Passes the message being handled on, payload and all, after the commit, as a hop on its way.</summary>
    /// <exception cref="AgentRefusedException">It has passed too many agents, or <paramref name="to"/> already.</exception>
    /// <inheritdoc cref="Tell" path="/exception"/>
    public void Forward(AgentId to)
    {
        Record(Relay(Message.WithId(MessageId.New()), to));
    }

    /// <summary>
    /// Asks another agent and waits for its reply. This agent handles nothing else meanwhile, and what the other does is
    /// committed by itself: it stays done if this turn fails.
    /// </summary>
    /// <exception cref="AgentException">There was no reply; the leaf says why. Left to itself it refuses or fails this turn too.</exception>
    public async ValueTask<TReply> AskAsync<TReply>(AgentId to, IRequest<TReply> request, CancellationToken cancellationToken = default)
    {
        var envelope = Link(Envelope.Create(Self, to, request), asks: true);
        try
        {
            var reply = await Turns.Host.AskAsync(envelope, Message.Deadline, cancellationToken);
            return reply.Outcome switch
            {
                Outcome.Refused when reply.Refusal!.Code == RefusalCodes.DeadlineExceeded =>
                    throw new AgentTimeoutException(envelope.Id, reply.Refusal.Code, reply.Refusal.Message),
                Outcome.Refused => throw new AgentRefusedException(reply.Refusal!),
                Outcome.Failed => throw new AgentFailedException(reply.Refusal!),
                _ => Read<TReply>(envelope, reply)!,
            };
        }
        catch (AgentTimeoutException) when (envelope.Deadline == Message.Deadline)
        {
            IsOutOfTime = true;
            throw;
        }
    }

    /// <summary>Subscribes this agent to a topic: from the return on, every event is told to it. Doing it twice is harmless.</summary>
    /// <inheritdoc cref="AskAsync" path="/exception"/>
    public async ValueTask SubscribeAsync(TopicId topic, CancellationToken cancellationToken = default) =>
        await AskAsync(topic.Agent, new TopicSubscribe(Self.ToString()), cancellationToken);

    /// <summary>
    /// Subscribes this agent to every topic that a pattern names, also to those that come later, each from its first event
    /// on. Doing it twice is harmless.
    /// </summary>
    /// <inheritdoc cref="AskAsync" path="/exception"/>
    public async ValueTask SubscribeAsync(TopicPattern pattern, CancellationToken cancellationToken = default) =>
        await AskAsync(pattern.Above.Agent, new TopicSubscribePattern(Self.ToString(), pattern.ToString()), cancellationToken);

    /// <summary>Ends a subscription to a pattern. Doing it twice is harmless.</summary>
    /// <inheritdoc cref="AskAsync" path="/exception"/>
    public async ValueTask UnsubscribeAsync(TopicPattern pattern, CancellationToken cancellationToken = default) =>
        await AskAsync(pattern.Above.Agent, new TopicUnsubscribePattern(Self.ToString(), pattern.ToString()), cancellationToken);

    /// <summary>Ends a subscription. Doing it twice is harmless.</summary>
    /// <inheritdoc cref="AskAsync" path="/exception"/>
    public async ValueTask UnsubscribeAsync(TopicId topic, CancellationToken cancellationToken = default) =>
        await AskAsync(topic.Agent, new TopicUnsubscribe(Self.ToString()), cancellationToken);

    /// <summary>Appends a message to the agent's own log, with this turn's commit.</summary>
    internal void Append(Envelope message)
    {
        var published = message.With(message.Extras);
        published.StampSpan(Activity.Current ?? message.Span);
        (Events ??= []).Add(published);
    }

    /// <summary>Has the store keep a message that is never sent, until <see cref="CancelScheduled"/>.</summary>
    internal void Keep(Envelope message) =>
        (Scheduled ??= []).Add(new OutgoingMessage(message, Turns.Host.Time.GetUtcNow()) { DueAt = DateTimeOffset.MaxValue });

    /// <summary>Sends a message as it is, after the commit: its id and its sender stay its own.</summary>
    internal void Resend(Envelope message) => (Outgoing ??= []).Add(message);

    internal void Close() => _turns = null;

    internal void Record(Envelope envelope)
    {
        RefuseInQuery();
        (Outgoing ??= []).Add(Link(envelope, asks: false));
    }

    private void RefuseInQuery()
    {
        _ = Turns;
        if (Handler.IsQuery)
        {
            throw new InvalidOperationException($"{Message.Contract} is a query: its handler may change nothing and send nothing.");
        }
    }

    private Envelope Link(Envelope envelope, bool asks) => Seal(LinkPlain(envelope, asks));

    private Envelope LinkPlain(Envelope envelope, bool asks)
    {
        var turns = Turns;
        var extras = (envelope.Extras ?? new EnvelopeExtras()) with
        {
            CausationId = Message.Id,
            ConversationId = ConversationId,
            Chain = asks ? new CallChain(turns.Id, Message.Extras?.Chain) : null,
            TraceParent = Message.Extras?.TraceParent,
            TraceState = Message.Extras?.TraceState,
        };
        var linked = envelope.With(extras);
        // Where nobody listens, the trace passes through as it came.
        linked.StampSpan(Activity.Current ?? Message.Span);
        return linked;
    }
}
