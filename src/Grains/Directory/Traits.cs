namespace OrleansAgents.Directory;

/// <summary>A kind with a set of capabilities and tags. Of those alike there is one object, however many agents have it.</summary>
internal sealed class Traits(string kind, string[] capabilities, string[] tags)
{
    public string Kind { get; } = kind;

    public string[] Capabilities { get; } = capabilities;

    public string[] Tags { get; } = tags;

    /// <summary>The agents that have it.</summary>
    public AgentsByKey Agents { get; } = new();

    public bool HasTags(IReadOnlyList<string> wanted)
    {
        // Asked of all that a capability is in, and of each agent where these are many, so it makes nothing.
        for (var i = 0; i < wanted.Count; i++)
        {
            if (Array.BinarySearch(Tags, wanted[i], StringComparer.Ordinal) < 0)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Every <see cref="Traits"/> in use, each once.</summary>
internal sealed class TraitPool
{
    private readonly Dictionary<string, Traits> _all = new(StringComparer.Ordinal);

    public int Count => _all.Count;

    /// <summary>Those of an agent that is put among theirs next.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="capabilities">The capabilities, in order.</param>
    /// <param name="tags">The tags, in order.</param>
    public Traits Find(string kind, IReadOnlyList<string> capabilities, IReadOnlyList<string> tags)
    {
        var key = Key(kind, capabilities, tags);
        if (!_all.TryGetValue(key, out var traits))
        {
            _all[key] = traits = new Traits(kind, [.. capabilities], [.. tags]);
        }

        return traits;
    }

    public void Remove(Traits traits) => _all.Remove(Key(traits.Kind, traits.Capabilities, traits.Tags));

    // No name has a blank in it.
    private static string Key(string kind, IReadOnlyList<string> capabilities, IReadOnlyList<string> tags) =>
        $"{kind} {string.Join(' ', capabilities)}  {string.Join(' ', tags)}";
}
