using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Directory;

/// <summary>
/// Asks one shard of the directory for agents that have a capability, by kind and then by key. Agents whose kind no silo
/// hosts now are left out.
/// </summary>
/// <param name="Capability">What they can do.</param>
/// <param name="Tags">Only those with all of these tags; null for any.</param>
/// <param name="Kind">Only those of this kind; null for any.</param>
/// <param name="Limit">At most that many, 1 to 1000.</param>
/// <param name="After">Only those behind this address in the order; null for the first.</param>
[Contract("directory.find")]
public sealed record DirectoryFind(string Capability, IReadOnlyList<string>? Tags = null, string? Kind = null, int Limit = 100, string? After = null)
    : IQuery<DirectoryPage>
{
    /// <summary>The highest limit.</summary>
    public const int MaxLimit = 1000;

    /// <summary>What is wrong with it; null when nothing is.</summary>
    internal string? FindFault() =>
        Limit is < 1 or > MaxLimit ? $"The member 'limit' is 1 to {MaxLimit}."
        : !TraitName.IsValid(Capability) ? $"The member 'capability' is no capability; a capability is {TraitName.Rule}."
        : Tags is not null && (Tags.Count > Registration.MaxNames || !Tags.All(TraitName.IsValid))
            ? $"The member 'tags' holds more than {Registration.MaxNames}, or a text that is none; a tag is {TraitName.Rule}."
        : Kind is not null && !AgentId.IsKind(Kind) ? "The member 'kind' is no kind of agents."
        : After is not null && !AgentId.TryParse(After, defaultKind: null, out _, out _) ? "The member 'after' is no address."
        : null;
}

/// <summary>Agents that one shard found.</summary>
/// <param name="Agents">The agents, by kind and then by key.</param>
/// <param name="Total">How many match in this shard, whatever the limit.</param>
/// <param name="More">Whether there are others behind the last one.</param>
public sealed record DirectoryPage(IReadOnlyList<DirectoryEntry> Agents, int Total, bool More);

/// <summary>An agent that registered itself.</summary>
/// <param name="Agent">Its address.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Capabilities">What it says it can do, in order.</param>
/// <param name="Tags">Its tags, in order.</param>
/// <param name="Description">A sentence for people; null for none.</param>
public sealed record DirectoryEntry(
    string Agent, string Kind, IReadOnlyList<string> Capabilities, IReadOnlyList<string> Tags, string? Description);
