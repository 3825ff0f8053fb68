using Microsoft.Extensions.Logging;
using OrleansAgents.Conversations;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <content>What an agent notes of the messages that belong to conversations.</content>
internal sealed partial class AgentTurns
{
    // Of a durable agent, notes of what has no commit: the store is not told of them.
    private Outbox? _notes;

    /// <summary>The context of a turn that begins now.</summary>
    private AgentContext Open(Envelope envelope, Handler handler)
    {
        var context = new AgentContext(this, envelope, handler);
        if (envelope.Extras?.ConversationId is not null && IsNoted(envelope))
        {
            context.NotedFrom = Host.Time.GetUtcNow();
        }

        return context;
    }

    /// <summary>Notes a message with what its turn sends, so that the note leaves if the turn has taken effect, and not otherwise.</summary>
    public void NoteWithin(AgentContext context, Reply reply)
    {
        if (context.NotedFrom is not { } began || context.IsAnsweredLater)
        {
            return;
        }

        if (context.Handler.IsQuery)
        {
            Tell(ConversationNotes.Write(Host, context.Message, began, reply));
        }
        else
        {
            context.Resend(ConversationNotes.Write(Host, context.Message, began, reply));
        }
    }

    /// <summary>Notes a message of an earlier turn with the one that answers it.</summary>
    public void NoteWithin(AgentContext context, OwedAnswer owed, Reply reply)
    {
        if (owed.Message.Extras?.ConversationId is not null && IsNoted(owed.Message))
        {
            context.Resend(ConversationNotes.Write(Host, owed.Message, owed.Since, reply));
        }
    }

    /// <summary>Notes a message that nobody waits for any more.</summary>
    public void NoteAside(OwedAnswer owed, Reply reply)
    {
        if (owed.Message.Extras?.ConversationId is not null && IsNoted(owed.Message) && Commits?.Fault is null)
        {
            Tell(ConversationNotes.Write(Host, owed.Message, owed.Since, reply));
        }
    }

    /// <summary>Notes a message whose turn came to nothing.</summary>
    public void NoteAside(AgentContext context, Reply reply)
    {
        if (context.NotedFrom is { } began && Commits?.Fault is null)
        {
            Tell(ConversationNotes.Write(Host, context.Message, began, reply));
        }
    }

    /// <summary>Notes a message that passed the gate and was refused before its turn.</summary>
    private void NoteUnheard(Envelope envelope, Refusal refusal)
    {
        Note(envelope, refusal);
        if (envelope.Extras?.ConversationId is not null && IsNoted(envelope))
        {
            Tell(ConversationNotes.Write(Host, envelope, Host.Time.GetUtcNow(), Reply.Refused(refusal)));
        }
    }

    private bool IsNoted(Envelope envelope) =>
        envelope.Extras!.ConversationId!.Length > 0 && Host.Options.RecordConversations && ConversationNotes.Concern(envelope);

    private void Tell(Envelope note)
    {
        var outbox = Commits is null ? Outbox : _notes ??= new Outbox(Host, Id, commits: null);
        if (outbox.IsFull)
        {
            LogFull(Host.Logger, note.Recipient, Id);
        }
        else
        {
            outbox.Enqueue([note], Host.Time.GetUtcNow());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Conversation} lacks a query or a refused message of {Agent}, which has too many notes to send already")]
    private static partial void LogFull(ILogger logger, AgentId conversation, AgentId agent);
}
