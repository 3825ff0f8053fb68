namespace OrleansAgents.Directory;

/// <summary>What a search of the whole directory found.</summary>
/// <param name="Agents">Agents that registered themselves, by kind and then by key, as many as the limit allows.</param>
/// <param name="Kinds">Kinds that have the capability and the tags by their attribute, all of them, by name: every agent of theirs has them.</param>
/// <param name="Total">How many registered agents match, in the shards that answered.</param>
/// <param name="Missing">The shards that did not answer in time, so that agents may be missing here; empty when all did.</param>
public sealed record FoundAgents(
    IReadOnlyList<DirectoryEntry> Agents, IReadOnlyList<FoundKind> Kinds, int Total, IReadOnlyList<Unanswered> Missing);

/// <summary>A kind of agents that has a capability.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Capabilities">All its capabilities, in order.</param>
/// <param name="Tags">Its tags, in order.</param>
/// <param name="Description">A sentence for people; null for none.</param>
public sealed record FoundKind(string Kind, IReadOnlyList<string> Capabilities, IReadOnlyList<string> Tags, string? Description);

/// <summary>One that was asked and gave no answer.</summary>
/// <param name="Agent">Its address, such as <c>directory/7</c>.</param>
/// <param name="Code">Why, as a refusal code.</param>
public sealed record Unanswered(string Agent, string Code);
