using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>
/// Starts a group's conversation. Whoever sends it is told <see cref="GroupEnded"/>, unless it is a program outside, which
/// reads <see cref="GroupRead"/>. Refused as <c>group.exists</c> where the group has been started. Its key is the last
/// part of a topic's name.
/// </summary>
/// <param name="Topic">What they are to talk about, as each member is told.</param>
/// <param name="Members">Who speaks: 1 to 100 addresses.</param>
/// <param name="Moderator">Who is asked, before each turn, who is next; null for one after the other.</param>
/// <param name="MaxTurns">How many turns there are at most; 20 unless told, 1000 at most. One that fails or passes counts.</param>
/// <param name="Within">How long it lasts at most; null for an hour. Above zero.</param>
/// <param name="TurnWithin">How long one turn may take; null for the silo's <c>AgentOptions.AskTimeout</c>. Above zero.</param>
/// <param name="TranscriptBytes">How much of the transcript, from its end, a member is sent with its turn; 65,536 bytes unless told, 131,072 at most.</param>
/// <param name="Tag">Any text, that comes back with the end; null for none.</param>
[Contract("group.start")]
public sealed record GroupStart(
    string Topic, IReadOnlyList<string> Members, string? Moderator = null, int MaxTurns = 20, TimeSpan? Within = null,
    TimeSpan? TurnWithin = null, int TranscriptBytes = 65_536, string? Tag = null);

/// <summary>Ends a group's conversation now.</summary>
[Contract("group.stop")]
public sealed record GroupStop;

/// <summary>Asks a member to speak.</summary>
/// <param name="Group">The group's key.</param>
/// <param name="Topic">What they talk about.</param>
/// <param name="Number">The number of the turn, from 1.</param>
/// <param name="Transcript">What was said, oldest first: all of it, or the latest as far as the limit goes.</param>
/// <param name="Omitted">How many entries before that are left out.</param>
[Contract("group.turn")]
public sealed record GroupTurn(string Group, string Topic, int Number, IReadOnlyList<GroupEntry> Transcript, int Omitted) : IRequest<GroupSaid>;

/// <summary>What a member says: a text, or JSON, or both; neither is to pass.</summary>
/// <param name="Text">The text; null for none.</param>
/// <param name="Content">Any JSON; null for none. Together they hold 32 KiB at most.</param>
public sealed record GroupSaid(string? Text = null, JsonElement? Content = null);

/// <summary>Asks a moderator who speaks next.</summary>
/// <param name="Group">The group's key.</param>
/// <param name="Topic">What they talk about.</param>
/// <param name="Number">The number of the turn that is to come, from 1.</param>
/// <param name="Members">Who may speak.</param>
/// <param name="Transcript">As in <see cref="GroupTurn"/>.</param>
/// <param name="Omitted">As in <see cref="GroupTurn"/>.</param>
[Contract("group.next")]
public sealed record GroupNext(
    string Group, string Topic, int Number, IReadOnlyList<string> Members, IReadOnlyList<GroupEntry> Transcript, int Omitted) : IRequest<GroupChoice>;

/// <summary>Who speaks next.</summary>
/// <param name="Speaker">A member; null for nobody: the conversation is over.</param>
public sealed record GroupChoice(string? Speaker);

/// <summary>One turn of a group's conversation. It is published to the topic <c>groups/KEY</c>, in order.</summary>
/// <param name="Group">The group's key.</param>
/// <param name="Number">The number of the turn, from 1.</param>
/// <param name="Speaker">Whose turn it was.</param>
/// <param name="Text">What it said; null for no text.</param>
/// <param name="Content">What it said as JSON; null for none.</param>
/// <param name="Failed">Null; or the code of the refusal, where it did not answer and was skipped.</param>
[Contract("group.said")]
public sealed record GroupEntry(string Group, int Number, string Speaker, string? Text, JsonElement? Content, string? Failed = null);

/// <summary>A group's conversation is over. It comes once. The transcript is read with <see cref="GroupRead"/>.</summary>
/// <param name="Id">The group's key.</param>
/// <param name="Tag">The text that was given with the start.</param>
/// <param name="Reason">Why it is over.</param>
/// <param name="Turns">How many turns there were.</param>
/// <param name="Last">The last entry that says something; null where nobody said anything.</param>
[Contract("group.ended")]
public sealed record GroupEnded(string Id, string? Tag, GroupEnd Reason, int Turns, GroupEntry? Last);

/// <summary>Why a group's conversation is over.</summary>
public enum GroupEnd
{
    /// <summary>It is not over.</summary>
    Open,

    /// <summary>The moderator said so.</summary>
    Over,

    /// <summary>It had as many turns as it may have.</summary>
    Turns,

    /// <summary>Its time was over.</summary>
    Deadline,

    /// <summary>Everybody passed or failed, one after the other.</summary>
    Silence,

    /// <summary>The transcript is as large as it may become: 1 MiB.</summary>
    Full,

    /// <summary>The moderator gave no answer, or named somebody who is no member, three times in a row.</summary>
    Moderator,

    /// <summary>Somebody stopped it.</summary>
    Stopped,
}

/// <summary>Reads a group's transcript. Refused as <c>group.unknown</c> where it was never started, or is forgotten.</summary>
/// <param name="After">Behind which turn to begin; 0 for the first.</param>
/// <param name="Limit">At most that many entries.</param>
[Contract("group.read")]
public sealed record GroupRead(int After = 0, int Limit = 1000) : IQuery<GroupReading>;

/// <summary>A group's conversation, as it stands.</summary>
/// <param name="Topic">What they talk about.</param>
/// <param name="Members">Who speaks.</param>
/// <param name="Reason">Why it is over, or that it is not.</param>
/// <param name="Turns">How many turns there were.</param>
/// <param name="Transcript">The entries asked for, oldest first.</param>
public sealed record GroupReading(string Topic, IReadOnlyList<string> Members, GroupEnd Reason, int Turns, IReadOnlyList<GroupEntry> Transcript);
