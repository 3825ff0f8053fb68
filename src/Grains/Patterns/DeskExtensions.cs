using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>Conversations with one owner at a time, opened and handed over from a turn.</summary>
public static class DeskExtensions
{
    /// <summary>
    /// Opens a desk, after the commit: what is sent to it from then on reaches the owner of the moment, one message after
    /// the other, with its sender's address and the desk as its last hop. The owner is told <see cref="DeskHanded"/> first.
    /// </summary>
    /// <param name="context">The turn.</param>
    /// <param name="key">The desk's key, and the conversation's id.</param>
    /// <param name="owner">Who owns the conversation first.</param>
    /// <param name="note">What it is told with it, 16 KiB at most; null for nothing.</param>
    /// <returns>The desk's address.</returns>
    /// <exception cref="ArgumentException">The note is too long.</exception>
    /// <exception cref="FormatException"><paramref name="key"/> is no key of an address.</exception>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query.</exception>
    public static AgentId OpenDesk(this AgentContext context, string key, AgentId owner, string? note = null)
    {
        var desk = PatternKinds.DeskOf(key);
        Check(owner, note);
        context.Tell(desk, new DeskOpen(owner.ToString(), note));
        return desk;
    }

    /// <summary>
    /// Hands the conversation over that the message being handled belongs to, in the commit of this turn: it is the last
    /// message that this agent gets of it. The new owner is told <see cref="DeskHanded"/> before anything else. What a
    /// handler answers goes nowhere in such a turn; tell the sender what it is to know.
    /// </summary>
    /// <param name="context">The turn.</param>
    /// <param name="to">Who owns it from then on.</param>
    /// <param name="note">What it is told with it, 16 KiB at most; null for nothing.</param>
    /// <exception cref="ArgumentException">The note is too long.</exception>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query, or its message did not come from a desk.</exception>
    public static void HandOff(this AgentContext context, AgentId to, string? note = null)
    {
        Check(to, note);
        var message = context.Message;
        var isNote = message.Sender.Kind == PatternKinds.Desk && message.Type == Contract.Of<DeskHanded>().Name;
        if (!isNote && message.Extras?.Hops is not [.., { Kind: PatternKinds.Desk }])
        {
            throw new InvalidOperationException($"{message} did not come from a desk; name the desk to hand its conversation over.");
        }

        context.AnswerWith(new DeskReply(new DeskHandOff(to.ToString(), note)));
    }

    /// <summary>
    /// Hands a conversation over, after the commit, from a turn that handles none of its messages. It takes effect when the
    /// desk is told; a message that it gives this agent before that is still this agent's.
    /// </summary>
    /// <param name="context">The turn.</param>
    /// <param name="desk">The desk; of the owner, or of whoever opened it.</param>
    /// <param name="to">Who owns it from then on.</param>
    /// <param name="note">What it is told with it, 16 KiB at most; null for nothing.</param>
    /// <exception cref="ArgumentException">The note is too long.</exception>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query.</exception>
    public static void HandOff(this AgentContext context, AgentId desk, AgentId to, string? note = null)
    {
        Check(to, note);
        context.Tell(desk, new DeskHandOff(to.ToString(), note));
    }

    /// <summary>Closes a desk, after the commit: what came before still reaches the owner, and what comes is refused.</summary>
    /// <param name="context">The turn, of the owner or of whoever opened it.</param>
    /// <param name="desk">The desk.</param>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query.</exception>
    public static void CloseDesk(this AgentContext context, AgentId desk) => context.Tell(desk, new DeskClose());

    private static void Check(AgentId owner, string? note)
    {
        if (DeskRun.FindFault(owner.ToString(), note) is { } fault)
        {
            throw new ArgumentException(fault, nameof(note));
        }
    }
}
