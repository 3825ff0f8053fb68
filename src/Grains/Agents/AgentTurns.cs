using System.Diagnostics;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Agents;

/// <summary>
/// The turns of one activation: one handler at a time from a bounded first-in-first-out queue. Everything here runs on
/// the agent's own scheduler, so it takes no lock. A handler of a volatile agent that finishes without waiting costs no
/// task. What a durable agent adds is in the other part of this class.
/// </summary>
internal sealed partial class AgentTurns
{
    private readonly Agent _agent;
    private readonly HandlerTable _handlers;
    private HandledMessages? _handled;
    private TurnQueue? _queue;
    private AgentContext? _running;
    private TurnCancellation? _cancellation;
    private Outbox? _outbox;
    private OpenQuestions? _questions;
    private TaskCompletionSource? _idle;
    private bool _stopping;
    private string? _name;

    public AgentTurns(AgentHost host, Agent agent, AgentId id, HandlerTable handlers)
    {
        (Host, _agent, Id, _handlers) = (host, agent, id, handlers);
        Commits = agent is IDurableAgent durable ? new Commits(host, id, durable, this) { Audit = host.OpenAudit(id, handlers) } : null;
        IsLoaded = Commits is null;
    }

    public AgentId Id { get; }

    public AgentHost Host { get; }

    public Outbox Outbox => _outbox ??= new Outbox(Host, Id, Commits);

    /// <summary>Whether the agent's class takes answers to questions that no turn waits for.</summary>
    public bool HandlesAnswers => _handlers.HandlesAnswers;

    /// <summary>Whether the agent's class takes a contract.</summary>
    public bool Handles(Contract contract) => _handlers.Find(contract) is not null;

    private OpenQuestions Questions => _questions ??= new OpenQuestions(Host, this);

    /// <summary>Takes a message while others run, wait, or are not stored yet.</summary>
    private ValueTask<Reply> DeliverBesidesAsync(Envelope envelope, Handler handler)
    {
        if (_queue!.Find(envelope.Id) is { } twin)
        {
            TurnTelemetry.Duplicate(Id.Kind);
            return twin.JoinAsync();
        }

        if (_stopping)
        {
            return Refuse(TurnFailure.Stopping(Id), envelope);
        }

        if (_running is null)
        {
            return Start(envelope, handler, waited: null);
        }

        if (envelope.Extras?.Chain is { } chain && chain.Contains(Id))
        {
            return _handlers.Reentrant
                ? NestedTurn.RunAsync(_agent, Host, Open(envelope, handler), _running, Commits, _cancellation!)
                : RefuseUnheard(chain.Refuse(Id), envelope);
        }

        return _queue.Waiting >= Host.Options.QueueLength
            ? Refuse(TurnFailure.Busy($"{_queue.Waiting} messages wait at {Id}; that is the limit."), envelope)
            : new ValueTask<Reply>(_queue.Enqueue(envelope, handler).Task);
    }

    private ValueTask<Reply> Start(Envelope envelope, Handler handler, PendingTurn? waited)
    {
        if (_outbox is { IsFull: true } && !handler.IsQuery)
        {
            return Refuse(TurnFailure.Busy($"{Id} has {Host.Options.OutboxLength} messages to send; that is the limit."), envelope);
        }

        var started = TurnTelemetry.Begin();
        var context = Open(envelope, handler);
        if (handler.IsOwn)
        {
            // The question, the work or the wait ends with the turn that takes what came of it.
            context.CancelScheduled(envelope.Id);
        }

        _running = context;
        var span = TurnTelemetry.Start(handler.Tags, envelope, ref _name);
        ValueTask<object?> answer;
        try
        {
            answer = handler.InvokeAsync(_agent, context, (_cancellation ??= new TurnCancellation(Host.Time)).Token);
            if (answer.IsCompletedSuccessfully && Commits is null && context.Later is null)
            {
                var reply = context.Accept(answer.Result);
                End(context, reply, started, span);
                return new ValueTask<Reply>(reply);
            }
        }
        catch (Exception e)
        {
            answer = ValueTask.FromException<object?>(e);
        }

        var turn = waited ?? (_queue ??= new TurnQueue(NoteUnheard)).Track(envelope, handler);
        turn.Started = started;
        _ = FinishAsync(context, turn, answer, span);
        return new ValueTask<Reply>(turn.Task);
    }

    private async Task FinishAsync(AgentContext context, PendingTurn turn, ValueTask<object?> answer, Activity? span)
    {
        var ranOn = !answer.IsCompleted;
        if (ranOn)
        {
            _cancellation!.Arm(context.Message);
        }

        Reply reply;
        var isRecorded = false;
        try
        {
            reply = context.Accept(await answer);
            isRecorded = TryRecord(context, turn, reply);
        }
        catch (Exception e)
        {
            reply = TurnFailure.ToReply(e, context, Host, _cancellation);
            RollBack(context, reply);
        }

        _cancellation!.Renew();
        if (Commits?.Fault is { } fault)
        {
            reply = Reply.Refused(fault);
        }

        End(context, reply, turn.Started, span);
        var isLater = context.IsAnsweredLater && reply.Refusal is null;
        if (Commits is null && reply.Refusal is null)
        {
            GiveVolatile(context, turn);
        }

        if (!isRecorded && !isLater && Commits?.TryFollow(turn, reply) is not true)
        {
            _queue!.Settle(turn, reply);
        }

        if (ranOn)
        {
            StartWaiting(_queue!);
        }
    }

    private void End(AgentContext context, Reply reply, long started, Activity? span)
    {
        context.Close();
        _running = null;
        if (reply.Outcome == Outcome.Accepted)
        {
            if (Commits is null)
            {
                KeepVolatile(context, reply);
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

    private void KeepVolatile(AgentContext context, Reply reply)
    {
        if (!context.Handler.IsQuery && !context.IsAnsweredLater)
        {
            _handled ??= new HandledMessages(Host.Options.VolatileWindow);
            // These are forgotten by their number and not by their age, so the clock need not be read where none is signed.
            Remember(context.Message, reply, Host.ReplayAllowance == TimeSpan.Zero ? 0 : Host.Time.GetUtcNow().UtcTicks);
        }

        NoteWithin(context, reply);
        if (context.Outgoing is { } outgoing)
        {
            Outbox.Enqueue(outgoing, Host.Time.GetUtcNow());
        }

        BeginVolatile(context);
    }

    private void StartWaiting(TurnQueue queue)
    {
        while (_running is null && queue.Next(Host.Time) is { } turn)
        {
            var run = Start(turn.Envelope, turn.Handler, turn);
            if (run.IsCompletedSuccessfully)
            {
                queue.Settle(turn, run.Result);
            }
        }
    }
}
