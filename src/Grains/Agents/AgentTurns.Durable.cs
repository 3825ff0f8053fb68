using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;
using OrleansAgents.Topics;

namespace OrleansAgents.Agents;

/// <content>What a durable agent adds to its turns: it loads, commits, takes events in order, and is woken.</content>
internal sealed partial class AgentTurns : ICommitObserver
{
    /// <summary>What the agent stores; null for a volatile one.</summary>
    public Commits? Commits { get; }

    /// <summary>False while a durable agent's state could not be read; the next message tries again.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Reads a durable agent's state, and goes on with what it had not sent yet; the answer is why it could not.</summary>
    public async ValueTask<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        var (record, refusal) = await Commits!.LoadAsync(cancellationToken);
        if (refusal is not null || IsLoaded)
        {
            return refusal;
        }

        IsLoaded = true;
        if (record is not null)
        {
            _handled = new HandledMessages(Host.Window.Count, Host.Window.Age);
            _handled.Restore(record.Handled, Host.ReplayAllowance);
            RestoreOwed(record.Outgoing);
            Enqueue(record.Outgoing);
            if (HandlesAnswers)
            {
                Questions.Restore(record.Outgoing);
            }
        }

        return null;
    }

    /// <summary>Takes events of a topic in order, and stops at the first that is not handled.</summary>
    public async ValueTask<EventsReply> DeliverAsync(EventBatch batch)
    {
        var handled = 0;
        List<ValueTask<Reply>>? unstored = null;
        foreach (var published in batch.Events)
        {
            var pending = IsKnown(published) ? FollowAsync(published) : AdmitAsync(published.To(Id), published);
            if (pending.IsCompleted || Commits?.LastRecorded != published.Id)
            {
                // Whether this one succeeds must be known before the next one's turn; whether it is stored need not.
                var reply = await pending;
                if (reply.Refusal is not null)
                {
                    return await CountAsync(handled, unstored, reply);
                }

                pending = new(reply);
            }

            if (unstored is null && pending.IsCompleted)
            {
                handled++;
            }
            else
            {
                (unstored ??= []).Add(pending);
            }
        }

        return await CountAsync(handled, unstored, default);
    }

    /// <summary>Has the store wake the agent later, where the time it was told has come.</summary>
    public void Wake()
    {
        if (Commits is { WakeAt: { } at } && at <= Host.Time.GetUtcNow())
        {
            Commits.Write();
        }
    }

    DateTimeOffset? ICommitObserver.WakeAt(CommitBatch batch)
    {
        var due = _outbox is null && batch.Outgoing.Count == 0 ? null : Outbox.FindNextDue(batch.Outgoing);
        var now = Host.Time.GetUtcNow();
        // What is being done now is done again only should this activation be gone.
        var busy = due <= now || batch.Questions.Count > 0 || _questions is { IsIdle: false } || _work is { IsIdle: false } || batch.Outgoing.Exists(OpenWork.IsKept) || _agent.HasWork(batch) ? now + Host.Options.WakeAfter : (DateTimeOffset?)null;
        return due > now && !(busy < due) ? due : busy;
    }

    void ICommitObserver.Committed(CommitBatch batch)
    {
        if (batch.Turns.Count > 0)
        {
            _handled ??= new HandledMessages(Host.Window.Count, Host.Window.Age);
            var now = Host.Time.GetUtcNow().UtcTicks;
            foreach (var (turn, reply) in batch.Turns)
            {
                if (reply.Outcome == Outcome.Accepted && !turn.Handler.IsQuery)
                {
                    Remember(turn.Envelope, reply, now);
                }

                _queue!.Settle(turn, reply);
            }
        }

        foreach (var cancelled in batch.Cancelled)
        {
            End(cancelled);
            (_agent as IMessageKeeper)?.Release(cancelled);
        }

        Enqueue(batch.Outgoing);

        if (batch.Questions.Count > 0)
        {
            Questions.Start(batch.Questions);
        }

        TurnTelemetry.Audited(Id.Kind, batch.Audit);
        if (batch.Events.Count > 0)
        {
            _agent.OnAppended(batch.Events);
        }
    }

    void ICommitObserver.Lost(CommitBatch batch, Refusal fault)
    {
        _stopping = true;
        foreach (var (turn, _) in batch.Turns)
        {
            _queue!.Settle(turn, Reply.Refused(fault));
        }

        _queue?.SettleWaiting(TurnFailure.Stopping(Id));
        _answers?.Close(fault);
        ((IGrainBase)_agent).DeactivateOnIdle();
    }

    /// <summary>Hands messages that are stored to the outbox, except those that the agent itself keeps.</summary>
    private void Enqueue(IReadOnlyList<OutgoingMessage> stored)
    {
        if (_agent is IMessageKeeper keeper)
        {
            stored = [.. stored.Where(message => !keeper.TryKeep(message))];
        }

        if (stored.Count > 0)
        {
            Outbox.Enqueue(stored);
            StartWork(stored);
        }
    }

    private bool TryRecord(AgentContext context, PendingTurn turn, Reply reply)
    {
        if (Commits is null || context.Handler.IsQuery || Commits.Fault is not null)
        {
            Commits?.Note(context.Message, reply);
            if (Commits is { Fault: null })
            {
                NoteWithin(context, reply);
            }

            return false;
        }

        NoteWithin(context, reply);
        Commits.Record(context, turn, reply);
        return true;
    }

    private bool IsKnown(Envelope published)
    {
        if (Commits is null || published.Extras?.Position is not { } position || position.Position > Commits.PositionIn(position.Topic))
        {
            return false;
        }

        TurnTelemetry.Duplicate(Id.Kind);
        return true;
    }

    /// <summary>The answer for an event that was handled before: once that is stored.</summary>
    private ValueTask<Reply> FollowAsync(Envelope published)
    {
        var reply = Reply.Accepted().AsDuplicate();
        var turn = new PendingTurn(published, _handlers.Find(published.Contract)!);
        // It is settled by the queue, which an activation that only sent so far does not have yet.
        _queue ??= new TurnQueue(NoteUnheard);
        return Commits!.TryFollow(turn, reply) ? new(turn.Task) : new(reply);
    }

    private static async ValueTask<EventsReply> CountAsync(int handled, List<ValueTask<Reply>>? unstored, Reply stop)
    {
        foreach (var one in unstored ?? [])
        {
            var reply = await one;
            if (reply.Refusal is not null)
            {
                return new EventsReply(handled, reply);
            }

            handled++;
        }

        return new EventsReply(handled, stop);
    }
}
