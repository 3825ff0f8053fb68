namespace OrleansAgents.Directory;

/// <summary>One registered agent, as small as it can be: there may be a million of them.</summary>
internal sealed class Registered(string key, Traits traits, string? description)
{
    public string Key { get; } = key;

    public Traits Traits { get; } = traits;

    public string? Description { get; } = description;

    public DirectoryEntry Describe() => new($"{Traits.Kind}/{Key}", Traits.Kind, Traits.Capabilities, Traits.Tags, Description);
}
