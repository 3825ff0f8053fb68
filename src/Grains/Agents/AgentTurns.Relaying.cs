using System.Diagnostics;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Agents;

/// <content>Messages that are passed on beside the turns.</content>
internal sealed partial class AgentTurns
{
    /// <summary>What was noted for a message that was passed on; default where nothing was.</summary>
    public Reply Recall(MessageId key) =>
        _handled is not null && _handled.TryGet(key, Host.Time.GetUtcNow().UtcTicks, out var noted) ? noted : default;

    /// <summary>
    /// Notes something for a message that is passed on, to be found again by a repeat of it. Where it is stored, it is so
    /// when this ends; the answer is why it could not be.
    /// </summary>
    public async ValueTask<Refusal?> NoteAsync(Envelope message, MessageId key, byte[] note, bool isStored)
    {
        if (!isStored)
        {
            (_handled ??= new HandledMessages(Host.Window.Count, Host.Window.Age)).Add(key, Reply.Accepted(note), Host.Time.GetUtcNow().UtcTicks);
            return null;
        }

        if (Commits!.Fault is { } fault)
        {
            return fault;
        }

        _queue ??= new TurnQueue(Note);
        var turn = Commits.Note(_queue.Track(message.WithId(key), _handlers.Find(message.Contract)!), note);
        return (await turn.Task).Refusal;
    }

    private ValueTask<Reply> RelayAsync(Envelope envelope, Handler handler)
    {
        if (_stopping)
        {
            return Refuse(TurnFailure.Stopping(Id), envelope);
        }

        var started = TurnTelemetry.Begin();
        var span = TurnTelemetry.Start(handler.Tags, envelope, ref _name);
        return FinishRelayAsync(envelope, handler, started, span);
    }

    private async ValueTask<Reply> FinishRelayAsync(Envelope envelope, Handler handler, long started, Activity? span)
    {
        try
        {
            Reply reply;
            try
            {
                reply = await ((IRelay)_agent).RelayAsync(envelope);
            }
            catch (AgentRefusedException e)
            {
                reply = Reply.Refused(e.Refusal);
            }

            if (reply.Refusal is { } refusal)
            {
                TurnTelemetry.Refused(Id.Kind, refusal);
                span?.SetStatus(ActivityStatusCode.Error, refusal.Code);
            }

            Commits?.Note(envelope, reply);
            TurnTelemetry.Handled(handler.Tags, reply.Outcome, started);
            return reply;
        }
        finally
        {
            span?.Dispose();
        }
    }
}
