using OrleansAgents.Messaging;

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
            Owing.Open(turn, context.Owed, Host.Time.GetUtcNow());
        }

        foreach (var (owed, reply) in context.Given ?? [])
        {
            if (_answers!.TryEnd(owed))
            {
                batch.Give(owed.Turn, reply, Host.Time.GetUtcNow());
            }
        }
    }

    /// <summary>Has the senders of what is owed send it again, to the next activation.</summary>
    private void ReleaseOwed(Refusal refusal) => _answers?.Close(refusal);

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
            Owing.Open(turn, context.Owed, Host.Time.GetUtcNow());
        }

        foreach (var (owed, reply) in context.Given ?? [])
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
