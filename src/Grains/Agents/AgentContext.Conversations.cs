using System.Text;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <content>The conversation that a turn is part of.</content>
public sealed partial class AgentContext
{
    private string? _conversation;
    private bool _isElsewhere;

    /// <summary>The conversation that what this turn sends belongs to: that of the message being handled, unless <see cref="BeginConversation"/> was called; null for none.</summary>
    public string? ConversationId => _isElsewhere ? _conversation : Message.Extras?.ConversationId;

    /// <summary>When the turn began, of a message that its conversation is told of; null for any other.</summary>
    internal DateTimeOffset? NotedFrom { get; set; }

    /// <summary>
    /// Begins another conversation: what this turn sends, asks and schedules from now on belongs to it. The message being
    /// handled stays in its own, and the next turn knows nothing of it.
    /// </summary>
    /// <param name="id">Its id: any text of 1 byte of UTF-8 or more, and of <see cref="MessageLimits.HeaderBytes"/> at most. One that exists is gone on with. Null for a new one.</param>
    /// <returns>The id.</returns>
    /// <exception cref="ArgumentException"><paramref name="id"/> is empty, too long, or no valid Unicode.</exception>
    /// <exception cref="InvalidOperationException">The turn is over.</exception>
    public string BeginConversation(string? id = null)
    {
        var limit = Turns.Host.Options.Limits.HeaderBytes;
        id ??= MessageId.New().ToString();
        var bytes = Encoding.UTF8.GetBytes(id);
        // Half of a surrogate pair would travel as another character.
        return bytes.Length > 0 && bytes.Length <= limit && Encoding.UTF8.GetString(bytes) == id
            ? SpeakIn(id)!
            : throw new ArgumentException($"The id of a conversation is a text of 1 to {limit} bytes of UTF-8.", nameof(id));
    }

    /// <summary>Has what this turn sends from now on belong to a conversation that began in an earlier turn; null for none.</summary>
    internal string? SpeakIn(string? conversation)
    {
        (_conversation, _isElsewhere) = (conversation, true);
        return conversation;
    }
}
