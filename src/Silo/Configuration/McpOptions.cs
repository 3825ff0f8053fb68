namespace OrleansAgents.Configuration;

/// <summary>How the silo speaks the Model Context Protocol.</summary>
internal sealed class McpOptions
{
    /// <summary>Whether the contracts of public kinds are tools at <c>/mcp</c>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The origins of pages that may call them from a browser.</summary>
    public IReadOnlyList<string> Origins { get; set; } = [];
}
