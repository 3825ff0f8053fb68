namespace OrleansAgents.Routing;

/// <summary>What a router keeps.</summary>
internal sealed class RouterState
{
    /// <summary>How often the rules were changed.</summary>
    public long Version { get; set; }

    /// <summary>The rules, by name.</summary>
    public SortedDictionary<string, Route> Routes { get; set; } = new(StringComparer.Ordinal);
}
