using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Agents;

/// <content>What a message passes before its turn.</content>
internal sealed partial class AgentTurns
{
    public ValueTask<Reply> DeliverAsync(Envelope envelope) => AdmitAsync(envelope, published: null);

    /// <summary>Takes a message that the agent has for itself and that never left it.</summary>
    public ValueTask<Reply> DeliverOwnAsync(Envelope envelope) => AdmitAsync(envelope, published: null, isOwn: true);

    /// <param name="envelope">The message, for this agent.</param>
    /// <param name="published">The same as it was published, where a topic tells it.</param>
    /// <param name="isOwn">Whether the agent made it itself just now.</param>
    private ValueTask<Reply> AdmitAsync(Envelope envelope, Envelope? published, bool isOwn = false)
    {
        var now = Host.Time.GetUtcNow().UtcTicks;
        Handler? handler;
        if ((isOwn ? FindOwn(envelope, out handler) : Examine(envelope, published, now, out handler)) is { } refusal)
        {
            return RefuseOrMove(refusal, envelope);
        }

        if (!handler!.IsQuery && !handler.IsRelay && _handled is not null && _handled.TryGet(envelope.Id, now, out var known))
        {
            TurnTelemetry.Duplicate(Id.Kind);
            return new ValueTask<Reply>(known.AsDuplicate());
        }

        if (envelope.IsVerified && !handler.IsQuery && envelope.Extras!.SentAt!.Value.UtcTicks <= _handled?.ForgottenUntil)
        {
            return Refuse(new Refusal(
                RefusalCodes.Replayed, $"The signed message {envelope.Id} is older than what {Id} remembers, and may have been handled before. Sign it anew."), envelope);
        }

        return handler.IsRelay ? RelayAsync(envelope, handler)
            : _answers?.Find(envelope.Id) is { } owed ? WaitAsync(owed, envelope)
            : _queue is { IsEmpty: false } ? DeliverBesidesAsync(envelope, handler)
            : _stopping ? Refuse(TurnFailure.Stopping(Id), envelope)
            : Start(envelope, handler, waited: null);
    }

    /// <summary>Takes a message through the gate that is for no handler; the answer is why it may not come in.</summary>
    public Refusal? Admit(Envelope envelope)
    {
        var refusal = Examine(envelope, published: null, Host.Time.GetUtcNow().UtcTicks, out _);
        if (refusal is not null)
        {
            TurnTelemetry.Refused(Id.Kind, refusal);
            Note(envelope, refusal);
        }

        return refusal;
    }

    /// <summary>The message's form, and then what the silo demands beyond it.</summary>
    private Refusal? Examine(Envelope envelope, Envelope? published, long now, out Handler? handler) =>
        Gate.Admit(envelope, Host.Options.Limits, _handlers, now, out handler)
        ?? (handler!.IsOwn && (envelope.IsFromOutside || envelope.Sender != Id)
            ? new Refusal(RefusalCodes.NotAllowed, $"{envelope.Contract} comes from the agent itself, and from nobody else.")
            : Host.Checks.IsEmpty ? null : Host.Checks.Check(published ?? envelope, published is not null));

    /// <summary>The handler of the agent's own message, which has no size or sender to check.</summary>
    private Refusal? FindOwn(Envelope envelope, out Handler? handler)
    {
        handler = _handlers.Find(envelope.Contract);
        return handler is null ? _handlers.Refuse(envelope.Contract) : null;
    }

    private void Remember(Envelope message, Reply reply, long now)
    {
        var sentAt = message.IsVerified ? message.Extras!.SentAt!.Value.UtcTicks : 0;
        _handled!.Add(message.Id, reply, now, sentAt, sentAt == 0 ? default : Host.ReplayAllowance);
    }
}
