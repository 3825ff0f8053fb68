using OrleansAgents.Messaging;

namespace OrleansAgents.Conversations;

/// <summary>
/// What an agent notes of a message that it was sent and that belongs to a conversation, for the agent that keeps the
/// conversation. The message is carried as a text, as in a dead letter.
/// </summary>
/// <param name="Conversation">The conversation's id.</param>
/// <param name="Message">The id of the message.</param>
/// <param name="Causation">The message whose turn sent it; null where none did, or nobody said.</param>
/// <param name="Type">The message's contract.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="Recipient">Who was sent it, and notes it.</param>
/// <param name="At">When its turn began, by the clock of the recipient's silo.</param>
/// <param name="Outcome">What became of it: accepted, refused or failed.</param>
/// <param name="Code">Why it was refused or failed; null otherwise.</param>
/// <param name="Reason">The sentence to the code; null otherwise.</param>
/// <param name="Envelope">The whole message as JSON, as it came, without deadline and signature; null for one that cannot be written as JSON.</param>
/// <param name="Reply">The answer's JSON, as it was sent; null for none.</param>
[Contract("conversation.said")]
public sealed record ConversationSaid(
    string Conversation, Guid Message, Guid? Causation, string Type, int Version, string Sender, string Recipient,
    DateTimeOffset At, Outcome Outcome, string? Code, string? Reason, string? Envelope, string? Reply);

/// <summary>Reads a conversation, in the order in which its notes arrived.</summary>
/// <param name="After">Only notes behind this sequence; 0 for all.</param>
/// <param name="Limit">At most that many, 1 to 1000. Of large ones fewer come at a time.</param>
[Contract("conversation.read")]
public sealed record ConversationRead(long After = 0, int Limit = ConversationRead.MostNotes) : IQuery<ConversationPage>
{
    /// <summary>The most notes of a page.</summary>
    public const int MostNotes = 1000;
}

/// <summary>A part of a conversation.</summary>
/// <param name="Notes">The notes; empty at the end.</param>
/// <param name="HasMore">Whether there are more behind them.</param>
/// <param name="Kept">How many notes are kept in all.</param>
/// <param name="Missing">How many messages were said beyond the limits, and are not kept.</param>
/// <param name="Last">When the last note arrived; null for a conversation that is not known, or not any more.</param>
public sealed record ConversationPage(IReadOnlyList<ConversationNote> Notes, bool HasMore, long Kept, long Missing, DateTimeOffset? Last);

/// <summary>One message of a conversation.</summary>
/// <param name="Sequence">Its place in the order of arrival, to read on behind.</param>
/// <param name="Said">What was noted.</param>
public sealed record ConversationNote(long Sequence, ConversationSaid Said);

/// <summary>Tells the list that a conversation began, or began earlier than it was told before.</summary>
/// <param name="Conversation">The conversation's id.</param>
/// <param name="Begin">Tells this conversation from an earlier one of the same id that was forgotten.</param>
/// <param name="Started">When the turn of its first message began.</param>
/// <param name="Sender">Who sent that message.</param>
/// <param name="Recipient">Who was sent it.</param>
/// <param name="Type">Its contract.</param>
[Contract("conversations.began")]
public sealed record ConversationBegan(string Conversation, Guid Begin, DateTimeOffset Started, string Sender, string Recipient, string Type);

/// <summary>Tells the list that a conversation was forgotten.</summary>
/// <param name="Conversation">The conversation's id.</param>
/// <param name="Begin">Which one of that id.</param>
[Contract("conversations.ended")]
public sealed record ConversationEnded(string Conversation, Guid Begin);

/// <summary>Lists the conversations that one shard knows, the latest first.</summary>
/// <param name="Limit">At most that many, 1 to 1000.</param>
/// <param name="StartedAfter">Only those that started later than this; null for all.</param>
/// <param name="StartedBefore">Only those that started earlier than this; null for all.</param>
[Contract("conversations.list")]
public sealed record ConversationsList(int Limit = 100, DateTimeOffset? StartedAfter = null, DateTimeOffset? StartedBefore = null)
    : IQuery<ConversationsPage>
{
    /// <summary>The most conversations of a page.</summary>
    public const int MostConversations = 1000;
}

/// <summary>Conversations of one shard.</summary>
/// <param name="Conversations">The conversations, the latest first.</param>
/// <param name="Total">How many there are that match.</param>
public sealed record ConversationsPage(IReadOnlyList<ConversationEntry> Conversations, int Total);

/// <summary>One line about a conversation.</summary>
/// <param name="Conversation">Its id.</param>
/// <param name="Started">When the turn of its first message began.</param>
/// <param name="Sender">Who sent that message.</param>
/// <param name="Recipient">Who was sent it.</param>
/// <param name="Type">Its contract.</param>
public sealed record ConversationEntry(string Conversation, DateTimeOffset Started, string Sender, string Recipient, string Type);
