using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <content>Answers that come after the turn.</content>
public sealed partial class AgentContext
{
    /// <summary>The answer that this turn leaves to a later one, and those of earlier turns that it gives; null for neither, as of nearly every turn.</summary>
    internal LaterAnswers? Later { get; private set; }

    /// <summary>Whether this turn's message is answered in a later one.</summary>
    internal bool IsAnsweredLater => Later is { Kept.IsDefault: false };

    /// <summary>
    /// Leaves the answer to a later turn, in which <see cref="Answer"/> or <see cref="Refuse"/> gives it by the id of this
    /// turn's message: what this turn's handler returns goes nowhere. The sender waits until then; the same message sent
    /// again waits along, and gets the same answer. Where the sender cancels, or its deadline passes, the agent is told with
    /// <see cref="AskOver"/>. In a durable agent all of it survives crashes, the answer as part of the commit of the turn
    /// that gives it. A message that has no deadline was told by an agent, and an event was published: nobody waits for the
    /// answer, so both are acknowledged with this turn's commit as ever, and giving an answer later does nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The turn is over, or is that of a query, or one within another, or the kind does not handle <see cref="AskOver"/>.
    /// </exception>
    public void AnswerLater()
    {
        DemandHandlerOf<AskOver>();
        if (IsNested)
        {
            throw new InvalidOperationException($"{Message.Contract} is handled in the middle of another turn, which waits for the answer: it cannot come later.");
        }

        if (IsAnsweredLater || Message.Deadline == 0 || Message.Extras?.Position is not null)
        {
            return;
        }

        (Later ??= new LaterAnswers()).Kept = MessageId.New();
        if (Turns.Commits is not null)
        {
            KeepOwn(OwedRecord.Of(Message), Later.Kept);
        }
    }

    /// <summary>Answers a message of an earlier turn, with this turn's commit. Does nothing where nobody waits for it any more.</summary>
    /// <param name="message">The id of the message.</param>
    /// <param name="reply">The answer.</param>
    /// <exception cref="System.Text.Json.JsonException">The answer cannot be written as JSON.</exception>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query.</exception>
    public void Answer<TReply>(MessageId message, TReply reply)
        where TReply : notnull
    {
        RefuseInQuery();
        if (Turns.FindOwed(message) is { } owed)
        {
            object answer = PayloadJson.Write(reply);
            Give(owed, Messaging.Reply.Accepted(
                owed.Message.Extras?.Encryption is not null && Turns.Host.Cipher is { } cipher ? cipher.SealReply(owed.Message, answer) : answer));
        }
    }

    /// <summary>
    /// Refuses a message of an earlier turn, with this turn's commit: to its sender nothing was done, and the same message
    /// sent again is handled anew. Does nothing where nobody waits for it any more.
    /// </summary>
    /// <param name="message">The id of the message.</param>
    /// <param name="refusal">Why.</param>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query.</exception>
    public void Refuse(MessageId message, Refusal refusal)
    {
        RefuseInQuery();
        if (Turns.FindOwed(message) is { } owed)
        {
            Give(owed, Messaging.Reply.Refused(refusal));
        }
    }

    private void Give(OwedAnswer owed, Reply reply)
    {
        (Later ??= new LaterAnswers()).Given.Add((owed, reply));
        CancelScheduled(owed.Kept);
        Turns.NoteWithin(this, owed, reply);
    }
}

/// <summary>What a turn leaves to later ones, and what it has from earlier ones.</summary>
internal sealed class LaterAnswers
{
    /// <summary>Under which id the store keeps the turn's own message until it is answered; default where it is answered at once.</summary>
    public MessageId Kept { get; set; }

    /// <summary>The answers that the turn gives to messages of earlier ones.</summary>
    public List<(OwedAnswer Owed, Reply Reply)> Given { get; } = [];
}
