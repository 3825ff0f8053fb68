using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Blackboard;

/// <summary>
/// Changes a board's document by a JSON patch (RFC 6902): all of its operations, or none. Refused as
/// <see cref="BlackboardCodes.Conflict"/> where the board is at another version than expected, and where an operation does
/// not apply, with its index and path. A patch that leaves the document as it was makes no new version.
/// </summary>
/// <param name="Patch">The operations, in their order.</param>
/// <param name="Expected">The version that the change is meant for; null for whichever there is.</param>
[Contract("blackboard.patch")]
public sealed record BlackboardPatch(IReadOnlyList<JsonPatchOperation> Patch, long? Expected = null) : IRequest<BlackboardVersion>;

/// <summary>
/// Changes a board's document by a merge patch (RFC 7386). Refused as <see cref="BlackboardCodes.Conflict"/> where the
/// board is at another version than expected. One that leaves the document as it was makes no new version.
/// </summary>
/// <param name="Merge">The merge patch, a JSON object.</param>
/// <param name="Expected">The version that the change is meant for; null for whichever there is.</param>
[Contract("blackboard.merge")]
public sealed record BlackboardMerge(JsonElement Merge, long? Expected = null) : IRequest<BlackboardVersion>;

/// <summary>At which version a board is, after a change.</summary>
/// <param name="Version">The version that the change made, or the one that was there where it changed nothing.</param>
public sealed record BlackboardVersion(long Version);

/// <summary>
/// Reads a board's document. Refused as <see cref="BlackboardCodes.Gone"/> where the history goes back less far, and as
/// <see cref="BlackboardCodes.Unknown"/> where there is no such version yet.
/// </summary>
/// <param name="Version">At which version; null for the current one.</param>
[Contract("blackboard.read")]
public sealed record BlackboardRead(long? Version = null) : IQuery<BlackboardContent>;

/// <summary>A board's document at a version.</summary>
/// <param name="Version">The version: 0 for a board that nobody changed yet, one more with each change.</param>
/// <param name="Document">The document, a JSON object with its members in the order of their names.</param>
public sealed record BlackboardContent(long Version, JsonElement Document);

/// <summary>
/// Reads a board's changes, oldest first. Refused as <see cref="BlackboardCodes.Gone"/> where the history goes back less
/// far. To go on, ask again behind the last one that came.
/// </summary>
/// <param name="After">The version behind which to begin; null for the oldest one there is.</param>
/// <param name="Limit">At most that many changes, 1 or more; fewer come at once where they are large.</param>
[Contract("blackboard.history")]
public sealed record BlackboardHistory(long? After = null, int Limit = 100) : IQuery<BlackboardChanges>;

/// <summary>Changes of a board.</summary>
/// <param name="Oldest">The oldest version that can still be read.</param>
/// <param name="Version">The current version.</param>
/// <param name="Diffs">The changes, each based on the one before.</param>
public sealed record BlackboardChanges(long Oldest, long Version, IReadOnlyList<BlackboardDiff> Diffs);

/// <summary>
/// A change of a board, which is published to the topic of the same name, in order. Applied to the document at its base it
/// gives the document at its version.
/// </summary>
/// <param name="Board">The board's name.</param>
/// <param name="Base">The version before the change.</param>
/// <param name="Version">The version that it made, one more than the base.</param>
/// <param name="Patch">What changed, as a JSON patch (RFC 6902). Not always the one that was sent: a merge patch has become operations, and a long patch may have become shorter.</param>
/// <param name="By">Who changed it: the sender of the message.</param>
/// <param name="At">When, by the clock of the board's silo.</param>
[Contract("blackboard.diff")]
public sealed record BlackboardDiff(
    string Board, long Base, long Version, IReadOnlyList<JsonPatchOperation> Patch, string By, DateTimeOffset At);

/// <summary>A change with what undoes it, as the board keeps it.</summary>
/// <param name="Diff">The change.</param>
/// <param name="Inverse">The operations that make the document at its base of the one at its version.</param>
[Contract("blackboard.entry")]
internal sealed record BlackboardEntry(BlackboardDiff Diff, IReadOnlyList<JsonPatchOperation> Inverse);

/// <summary>Where boards are.</summary>
public static class BlackboardAddress
{
    /// <summary>The kind of the agents that keep boards.</summary>
    public const string Kind = "blackboard";

    /// <summary>The agent that keeps a board.</summary>
    /// <exception cref="FormatException">The name is none: it keeps the rules for a topic's name (<see cref="TopicId"/>), of 245 characters at most.</exception>
    public static AgentId Of(string name) => new(Kind, TopicOf(name).Name[(Kind.Length + 1)..]);

    /// <summary>The topic that a board's changes are published to: <c>blackboard/NAME</c>.</summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    public static TopicId TopicOf(string name) => new($"{Kind}/{name}");
}
