using System.Diagnostics;
using System.Runtime.CompilerServices;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Agents;

/// <summary>
/// The turns of one activation: one handler at a time from a bounded first-in-first-out queue. Everything here runs on
/// the agent's own scheduler, so it takes no lock. A handler that finishes without waiting costs no task.
/// </summary>
internal sealed class AgentTurns(AgentHost host, Agent agent, AgentId id, HandlerTable handlers)
{
    private HandledMessages? _handled;
    private TurnQueue? _queue;
    private AgentContext? _running;
    private TurnCancellation? _cancellation;
    private DurableState? _durable;
    private Outbox? _outbox;
    private TaskCompletionSource? _idle;
    private bool _stopping;
    private string? _name;

    public AgentId Id { get; } = id;

    public AgentHost Host { get; } = host;

    /// <summary>False while a durable agent's state could not be read; the next message tries again.</summary>
    public bool IsLoaded { get; private set; } = agent is not IDurableAgent;

    /// <summary>Reads a durable agent's state, and goes on with what it had not sent yet; the answer is why it could not.</summary>
    public async ValueTask<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        _durable ??= new DurableState(Host.Store, Id, (IDurableAgent)agent);
        var (record, refusal) = await _durable.LoadAsync(Host.Logger, cancellationToken);
        if (refusal is not null || IsLoaded)
        {
            return refusal;
        }

        IsLoaded = true;
        if (record is not null)
        {
            Handled().Restore(record.Handled);
            Send(record.Outgoing);
        }

        return null;
    }

    public ValueTask<Reply> DeliverAsync(Envelope envelope)
    {
        var now = Host.Time.GetUtcNow().UtcTicks;
        if (Gate.Admit(envelope, Host.Options.Limits, handlers, now, out var handler) is { } refusal)
        {
            return Refuse(refusal);
        }

        if (!handler!.IsQuery && _handled is not null && _handled.TryGet(envelope.Id, now, out var known))
        {
            TurnTelemetry.Duplicate(Id.Kind);
            return new ValueTask<Reply>(known.AsDuplicate());
        }

        if (_running is not null)
        {
            return DeliverBusyAsync(envelope, handler);
        }

        return _stopping ? Refuse(Stopping()) : Start(envelope, handler);
    }

    /// <summary>Cancels a message that runs or waits.</summary>
    public void Cancel(MessageId message)
    {
        if (_running?.Message.Id == message)
        {
            _cancellation?.Cancel();
        }
        else if (_queue?.Find(message) is { } turn)
        {
            _queue.Settle(turn, Reply.Refused(new Refusal(RefusalCodes.Cancelled, "The caller cancelled before the message's turn came.")));
        }
    }

    /// <summary>No new turns; ends when the running one is finished and what it sent is on its way or in the store.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        _queue?.SettleWaiting(Stopping());
        if (_running is not null)
        {
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _idle.Task.WaitAsync(cancellationToken);
        }

        if (_outbox is not null)
        {
            await _outbox.CloseAsync(Host.Options.StopPatience, cancellationToken);
        }
    }

    private ValueTask<Reply> DeliverBusyAsync(Envelope envelope, Handler handler)
    {
        if (_queue?.Find(envelope.Id) is { } twin)
        {
            TurnTelemetry.Duplicate(Id.Kind);
            return twin.JoinAsync();
        }

        if (_stopping)
        {
            return Refuse(Stopping());
        }

        if (envelope.Extras?.Chain is { } chain && chain.Contains(Id))
        {
            return handlers.Reentrant
                ? NestedTurn.RunAsync(agent, Host, new AgentContext(this, envelope, handler), _running!, _durable, _cancellation!)
                : Refuse(chain.Refuse(Id));
        }

        _queue ??= new TurnQueue();
        return _queue.Waiting >= Host.Options.QueueLength
            ? Refuse(new Refusal(RefusalCodes.Busy, $"{_queue.Waiting} messages wait at {Id}; that is the limit.") { RetryAfterMs = 100 })
            : new ValueTask<Reply>(_queue.Enqueue(envelope, handler).Task);
    }

    private ValueTask<Reply> Start(Envelope envelope, Handler handler)
    {
        var started = TurnTelemetry.Begin();
        var context = new AgentContext(this, envelope, handler);
        _running = context;
        var span = TurnTelemetry.Start(handler.Tags, envelope, ref _name);
        ValueTask<object?> answer;
        try
        {
            answer = handler.InvokeAsync(agent, context, (_cancellation ??= new TurnCancellation(Host.Time)).Token);
            if (answer.IsCompletedSuccessfully && _durable is null)
            {
                var reply = Reply.Accepted(answer.Result);
                End(context, reply, started, span);
                return new ValueTask<Reply>(reply);
            }
        }
        catch (Exception e)
        {
            answer = ValueTask.FromException<object?>(e);
        }

        return FinishAsync(context, answer, started, span);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Reply> FinishAsync(AgentContext context, ValueTask<object?> answer, long started, Activity? span)
    {
        var turn = (_queue ??= new TurnQueue()).Find(context.Message.Id) ?? _queue.Track(context.Message, context.Handler);
        Reply reply;
        if (!answer.IsCompleted)
        {
            _cancellation!.Arm(context.Message);
        }

        try
        {
            reply = Reply.Accepted(await answer);
            if (_durable is not null && !context.Handler.IsQuery)
            {
                await _durable.CommitAsync(context, reply, Host.Time.GetUtcNow());
            }
        }
        catch (Exception e)
        {
            reply = TurnFailure.ToReply(e, context, Host, _cancellation);
            _durable?.RollBack();
            if (e is StaleEtagException)
            {
                // Another activation owns the agent now.
                _stopping = true;
                ((IGrainBase)agent).DeactivateOnIdle();
            }
        }

        _cancellation!.Renew();
        End(context, reply, started, span);
        _queue.Settle(turn, reply);
        StartWaiting(_queue);
        return reply;
    }

    private void End(AgentContext context, Reply reply, long started, Activity? span)
    {
        context.Close();
        _running = null;
        if (reply.Outcome == Outcome.Accepted)
        {
            if (!context.Handler.IsQuery)
            {
                // A volatile agent forgets by number only, so it need not read the clock.
                Handled().Add(context.Message.Id, reply, _durable is null ? 0 : Host.Time.GetUtcNow().UtcTicks);
            }

            if (context.Outgoing is { } outgoing)
            {
                Send(outgoing);
            }
        }
        else
        {
            TurnTelemetry.Refused(Id.Kind, reply.Refusal!);
            span?.SetStatus(ActivityStatusCode.Error, reply.Refusal!.Code);
        }

        TurnTelemetry.Handled(context.Handler.Tags, reply.Outcome, started);
        span?.Dispose();
        if (_stopping)
        {
            _idle?.TrySetResult();
        }
    }

    private void StartWaiting(TurnQueue queue)
    {
        while (_running is null && queue.Next(Host.Time) is { } turn)
        {
            var run = Start(turn.Envelope, turn.Handler);
            if (!run.IsCompletedSuccessfully)
            {
                // Its end settles the waiting message and starts the next.
                _ = run.AsTask();
                return;
            }

            queue.Settle(turn, run.Result);
        }
    }

    private void Send(IReadOnlyList<Envelope> outgoing) => (_outbox ??= new Outbox(Host, Id, _durable)).Enqueue(outgoing);

    private HandledMessages Handled() => _handled ??= HandledMessages.Create(Host.Options, isDurable: _durable is not null);

    private ValueTask<Reply> Refuse(Refusal refusal)
    {
        TurnTelemetry.Refused(Id.Kind, refusal);
        return new ValueTask<Reply>(Reply.Refused(refusal));
    }

    private Refusal Stopping() => new(RefusalCodes.Stopping, $"{Id} is stopping; the same message sent again reaches its next activation.");
}
