using OrleansAgents.Messaging;

namespace OrleansAgents.Directory;

/// <summary>
/// What an agent tells the directory of itself: the directory registers the sender of this message and nobody else. A
/// later registration takes the place of the one before. It stays until <see cref="Unregistration"/>.
/// </summary>
/// <param name="Capabilities">What the agent can do, by which it is found: 1 to 16 names as <see cref="TraitName"/> says.</param>
/// <param name="Tags">What narrows a search down, such as a region; 16 at most, null for none.</param>
/// <param name="Description">A sentence for people, 256 characters at most; null for none.</param>
[Contract("directory.register")]
public sealed record Registration(IReadOnlyList<string> Capabilities, IReadOnlyList<string>? Tags = null, string? Description = null)
{
    /// <summary>How many capabilities, and how many tags, a registration has at most.</summary>
    public const int MaxNames = 16;

    /// <summary>The longest description, in characters.</summary>
    public const int MaxDescription = 256;

    /// <summary>What is wrong with it; null when nothing is. The sentence never repeats what it says.</summary>
    internal string? FindFault() =>
        Capabilities is not { Count: > 0 and <= MaxNames } ? $"A registration has 1 to {MaxNames} capabilities."
        : Tags is { Count: > MaxNames } ? $"A registration has {MaxNames} tags at most."
        : !Capabilities.All(TraitName.IsValid) ? $"The member 'capabilities' holds a text that is none; a capability is {TraitName.Rule}."
        : Tags is not null && !Tags.All(TraitName.IsValid) ? $"The member 'tags' holds a text that is none; a tag is {TraitName.Rule}."
        : Description is { Length: > MaxDescription } ? $"The member 'description' has {MaxDescription} characters at most."
        : null;

    /// <summary>The same with its names in order and each once, in lists that nobody else holds.</summary>
    internal Registration InOrder() => new(Order(Capabilities), Tags is { Count: > 0 } ? Order(Tags) : null, Description);

    internal static string[] Order(IEnumerable<string> names) => [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

/// <summary>Ends the registration of the sender. Does nothing when there is none.</summary>
[Contract("directory.unregister")]
public sealed record Unregistration;
