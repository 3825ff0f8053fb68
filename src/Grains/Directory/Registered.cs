namespace OrleansAgents.Directory;

/// <summary>One registered agent, as small as it can be: there may be a million of them.</summary>
internal sealed class Registered(string key, Traits traits, string? description)
{
    public static readonly IComparer<Registered> ByKey = Comparer<Registered>.Create(static (one, other) => string.CompareOrdinal(one.Key, other.Key));

    public string Key { get; } = key;

    public Traits Traits { get; } = traits;

    public string? Description { get; } = description;

    public DirectoryEntry Describe() => new($"{Traits.Kind}/{Key}", Traits.Kind, Traits.Capabilities, Traits.Tags, Description);

    /// <summary>A key to look for in a sorted set.</summary>
    public static Registered Probe(string key) => new(key, traits: null!, description: null);
}
