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
    private Dictionary<MessageId, PendingTurn>? _pending;
    private Queue<PendingTurn>? _waiting;
    private AgentContext? _running;
    private CancellationTokenSource? _cancellation;
    private DurableState? _durable;
    private Outbox? _outbox;
    private TaskCompletionSource? _idle;
    private bool _stopping;

    public AgentId Id { get; } = id;

    public AgentHost Host { get; } = host;

    public async ValueTask LoadAsync(IDurableAgent state, CancellationToken cancellationToken)
    {
        var store = Host.Store ?? throw new AgentStoreException(
            $"{Id} is durable, and this silo has no store: call UseMemoryStorage() or another Use…Storage() on the silo builder.");
        _durable = new DurableState(store, Id, state);
        if (await _durable.LoadAsync(cancellationToken) is not { } record)
        {
            return;
        }

        foreach (var message in record.Handled)
        {
            Handled().Add(message.Id, Reply.Accepted(message.Reply?.ToArray()), message.At.UtcTicks);
        }

        if (record.Outgoing.Count > 0)
        {
            Send(record.Outgoing);
        }
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
        else if (_pending is not null && _pending.Remove(message, out var turn))
        {
            turn.TrySetResult(Reply.Refused(new Refusal(RefusalCodes.Cancelled, "The caller cancelled before the message's turn came.")));
        }
    }

    /// <summary>No new turns; ends when the running one is finished and what it sent is stored or, for a volatile agent, sent.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        while (_waiting is not null && _waiting.TryDequeue(out var turn))
        {
            _pending!.Remove(turn.Envelope.Id);
            turn.TrySetResult(Reply.Refused(Stopping()));
        }

        if (_running is not null)
        {
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _idle.Task.WaitAsync(cancellationToken);
        }

        if (_outbox is not null && _durable is null)
        {
            await _outbox.WhenEmpty.WaitAsync(cancellationToken);
        }
    }

    private ValueTask<Reply> DeliverBusyAsync(Envelope envelope, Handler handler)
    {
        if (_pending is not null && _pending.TryGetValue(envelope.Id, out var twin))
        {
            TurnTelemetry.Duplicate(Id.Kind);
            return JoinAsync(twin.Task);
        }

        if (_stopping)
        {
            return Refuse(Stopping());
        }

        if (envelope.Extras?.Chain is { } chain && chain.Contains(Id))
        {
            return handlers.Reentrant
                ? RunNestedAsync(envelope, handler)
                : Refuse(new Refusal(RefusalCodes.Cycle, $"The ask would wait for itself: {chain.Describe(Id)}. Use a tell, or allow it with [Agent(\"{Id.Kind}\", Reentrant = true)]."));
        }

        _waiting ??= new Queue<PendingTurn>();
        if (_waiting.Count >= Host.Options.QueueLength)
        {
            return Refuse(new Refusal(RefusalCodes.Busy, $"{_waiting.Count} messages wait at {Id}; that is the limit.") { RetryAfterMs = 100 });
        }

        var turn = Track(envelope, handler);
        _waiting.Enqueue(turn);
        return new ValueTask<Reply>(turn.Task);
    }

    private ValueTask<Reply> Start(Envelope envelope, Handler handler)
    {
        var started = Stopwatch.GetTimestamp();
        var context = new AgentContext(this, envelope, handler);
        _running = context;
        var span = TurnTelemetry.Start(handler.Tags, envelope);
        ValueTask<object?> answer;
        try
        {
            answer = handler.InvokeAsync(agent, context, (_cancellation ??= new CancellationTokenSource()).Token);
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
        var turn = _pending?.GetValueOrDefault(context.Message.Id) ?? Track(context.Message, context.Handler);
        var deadline = answer.IsCompleted ? null : ArmDeadline(context.Message);
        Reply reply;
        try
        {
            reply = Reply.Accepted(await answer);
            await CommitAsync(context, reply);
        }
        catch (Exception e)
        {
            reply = TurnFailure.ToReply(e, context, Host, _cancellation?.IsCancellationRequested ?? false);
            _durable?.RollBack();
            if (e is StaleEtagException)
            {
                Abandon();
            }
        }

        // A handler may have kept its token; the next turn gets one of its own.
        if (deadline is not null)
        {
            await deadline.DisposeAsync();
            _cancellation = null;
        }

        End(context, reply, started, span);
        _pending!.Remove(context.Message.Id);
        turn.TrySetResult(reply);
        StartWaiting();
        return reply;
    }

    private async ValueTask<Reply> RunNestedAsync(Envelope envelope, Handler handler)
    {
        var outer = _running!;
        var context = new AgentContext(this, envelope, handler);
        var snapshot = _durable?.Snapshot();
        try
        {
            var reply = Reply.Accepted(await handler.InvokeAsync(agent, context, _cancellation!.Token));
            context.MergeInto(outer);
            return reply;
        }
        catch (Exception e)
        {
            if (snapshot is not null)
            {
                _durable!.Restore(snapshot);
            }

            return TurnFailure.ToReply(e, context, Host, _cancellation!.IsCancellationRequested);
        }
        finally
        {
            context.Close();
        }
    }

    private async ValueTask CommitAsync(AgentContext context, Reply reply)
    {
        if (_durable is not null && !context.Handler.IsQuery)
        {
            var json = reply.ToJson();
            var handled = new HandledMessage(context.Message.Id, Host.Time.GetUtcNow(), json is null ? null : json.AsMemory());
            // The turn is past the point where a cancellation could take it back.
            await _durable.CommitAsync(handled, context.Outgoing ?? [], CancellationToken.None);
        }
    }

    private void End(AgentContext context, Reply reply, long started, Activity? span)
    {
        context.Close();
        _running = null;
        if (reply.Outcome == Outcome.Accepted)
        {
            if (!context.Handler.IsQuery)
            {
                Handled().Add(context.Message.Id, reply, Host.Time.GetUtcNow().UtcTicks);
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

    private void StartWaiting()
    {
        while (_running is null && _waiting is not null && _waiting.TryDequeue(out var turn))
        {
            if (turn.Task.IsCompleted)
            {
                continue;
            }

            if (turn.Envelope.Deadline != 0 && turn.Envelope.Deadline <= Host.Time.GetUtcNow().UtcTicks)
            {
                _pending!.Remove(turn.Envelope.Id);
                turn.TrySetResult(Reply.Refused(new Refusal(RefusalCodes.Expired, $"The message expired at {turn.Envelope.ExpiresAt:O}, before its turn came.")));
                continue;
            }

            var run = Start(turn.Envelope, turn.Handler);
            if (run.IsCompletedSuccessfully)
            {
                _pending!.Remove(turn.Envelope.Id);
                turn.TrySetResult(run.Result);
            }
            else
            {
                // Its end sets the waiting turn's result and starts the next.
                _ = run.AsTask();
            }
        }
    }

    private PendingTurn Track(Envelope envelope, Handler handler)
    {
        var turn = new PendingTurn(envelope, handler);
        (_pending ??= [])[envelope.Id] = turn;
        return turn;
    }

    private ITimer? ArmDeadline(Envelope envelope)
    {
        var left = envelope.Deadline == 0
            ? Timeout.InfiniteTimeSpan
            : new TimeSpan(Math.Max(0, envelope.Deadline - Host.Time.GetUtcNow().UtcTicks));
        return Host.Time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), _cancellation, left, Timeout.InfiniteTimeSpan);
    }

    private void Abandon()
    {
        _stopping = true;
        ((IGrainBase)agent).DeactivateOnIdle();
    }

    private void Send(IReadOnlyList<Envelope> outgoing) => (_outbox ??= new Outbox(Host, Id, _durable)).Enqueue(outgoing);

    private HandledMessages Handled() => _handled ??= _durable is null
        ? new HandledMessages(Host.Options.VolatileWindow)
        : new HandledMessages(Host.Options.DurableWindow, Host.Options.WindowAge);

    private ValueTask<Reply> Refuse(Refusal refusal)
    {
        TurnTelemetry.Refused(Id.Kind, refusal);
        return new ValueTask<Reply>(Reply.Refused(refusal));
    }

    private Refusal Stopping() => new(RefusalCodes.Stopping, $"{Id} is stopping; the same message sent again reaches its next activation.");

    private static async ValueTask<Reply> JoinAsync(Task<Reply> twin) => (await twin).AsDuplicate();
}

/// <summary>A message that waits for its turn, or whose turn runs on.</summary>
internal sealed class PendingTurn(Envelope envelope, Handler handler)
    : TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Envelope Envelope { get; } = envelope;

    public Handler Handler { get; } = handler;
}
