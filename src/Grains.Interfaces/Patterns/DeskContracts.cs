using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>
/// Opens a desk: from then on whatever is sent to it, and is no contract of the desk itself, is given to the owner of
/// the moment. Refused as <c>desk.exists</c> where it is open already or was closed lately.
/// </summary>
/// <param name="Owner">Who owns the conversation first.</param>
/// <param name="Note">What the owner is told with it; null for nothing.</param>
[Contract("desk.open")]
public sealed record DeskOpen(string Owner, string? Note = null);

/// <summary>
/// Hands a conversation over. Only its owner and whoever opened the desk may; others are refused as
/// <c>desk.not-owner</c>. It takes effect behind the message that the owner has got at that moment.
/// </summary>
/// <param name="To">Who owns it from then on.</param>
/// <param name="Note">What the new owner is told with it; null for nothing.</param>
[Contract("desk.hand-off")]
public sealed record DeskHandOff(string To, string? Note = null);

/// <summary>Closes a desk: what came before is still given to the owner, and what comes is refused as <c>desk.closed</c>. Only its owner and whoever opened it may.</summary>
[Contract("desk.close")]
public sealed record DeskClose;

/// <summary>
/// Tells an agent that a conversation is now its own. It comes before every message of the conversation. An owner that
/// refuses it leaves the conversation to the one before; that one is told so with this very message.
/// </summary>
/// <param name="Desk">The desk's address: what is sent to it reaches the owner.</param>
/// <param name="Conversation">The conversation's id, which is the desk's key, and stands in each message that has no other.</param>
/// <param name="From">Who owned it before; null for nobody.</param>
/// <param name="Note">What that one, or whoever opened the desk, had to say; null for nothing.</param>
/// <param name="Given">How many messages owners have got before.</param>
/// <param name="Returned">Null; or why it comes back: the one it was handed to would not have it.</param>
[Contract("desk.handed")]
public sealed record DeskHanded(string Desk, string Conversation, string? From, string? Note, long Given, string? Returned = null);

/// <summary>Reads whose a conversation is, and was. Refused as <c>desk.unknown</c> where the desk was never opened, or is forgotten.</summary>
[Contract("desk.read")]
public sealed record DeskRead : IQuery<DeskReading>;

/// <summary>Whose a conversation is, and was.</summary>
/// <param name="Owner">Who owns it.</param>
/// <param name="IsOpen">Whether it takes messages.</param>
/// <param name="Given">How many messages owners have got.</param>
/// <param name="Waiting">How many messages wait for the owner.</param>
/// <param name="Owners">Who owned it, oldest first; the last 100.</param>
public sealed record DeskReading(string Owner, bool IsOpen, long Given, int Waiting, IReadOnlyList<DeskOwner> Owners);

/// <summary>Who owned a conversation.</summary>
/// <param name="Agent">Its address.</param>
/// <param name="Since">Since when.</param>
/// <param name="Note">What it was told; null for nothing.</param>
/// <param name="Refused">Null; or why it would not have it.</param>
public sealed record DeskOwner(string Agent, DateTimeOffset Since, string? Note, string? Refused = null);
