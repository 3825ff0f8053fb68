using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Agents;

/// <content>Messages that are answered in a later turn than their own.</content>
internal sealed partial class AgentTurns
{
    private OpenAnswers? _answers;

    private OpenAnswers Owing => _answers ??= new OpenAnswers(this, _queue ??= new TurnQueue(NoteUnheard));

    /// <summary>A message that the agent owes an answer to; null where it does not.</summary>
    public OwedAnswer? FindOwed(MessageId message) => _answers?.Find(message);

    void ICommitObserver.Recording(AgentContext context, PendingTurn turn, CommitBatch batch)
    {
        if (context.IsAnsweredLater)
        {
            Owing.Open(turn, context.Later!.Kept, Host.Time.GetUtcNow());
        }

        foreach (var (owed, reply) in context.Later?.Given ?? [])
        {
            if (_answers!.TryEnd(owed))
            {
                batch.Give(owed.Turn, reply, Host.Time.GetUtcNow());
            }
        }
    }

    /// <summary>Has a message wait that the agent owes an answer to already.</summary>
    private ValueTask<Reply> WaitAsync(OwedAnswer owed, Envelope repeat)
    {
        if (_stopping)
        {
            return Refuse(TurnFailure.Stopping(Id), repeat);
        }

        TurnTelemetry.Duplicate(Id.Kind);
        return _answers!.Join(owed, repeat);
    }

    private void RestoreOwed(IReadOnlyList<OutgoingMessage> kept)
    {
        foreach (var message in kept.Where(OwedAnswer.IsKept))
        {
            Owing.Restore(message, _handlers);
        }
    }

    /// <summary>What a turn of a volatile agent leaves to later ones, and answers of earlier ones.</summary>
    private void GiveVolatile(AgentContext context, PendingTurn turn)
    {
        if (context.IsAnsweredLater)
        {
            Owing.Open(turn, context.Later!.Kept, Host.Time.GetUtcNow());
        }

        foreach (var (owed, reply) in context.Later?.Given ?? [])
        {
            if (_answers!.TryEnd(owed))
            {
                if (reply.Outcome == Outcome.Accepted)
                {
                    Remember(owed.Message, reply, Host.Time.GetUtcNow().UtcTicks);
                }

                _queue!.Settle(owed.Turn, reply);
            }
        }
    }
}
