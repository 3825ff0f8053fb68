using OrleansAgents.Mcp;

namespace OrleansAgents.Configuration;

/// <summary>How the silo speaks the Model Context Protocol.</summary>
internal sealed class McpOptions
{
    /// <summary>Whether the contracts of public kinds are tools at <c>/mcp</c>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The origins of pages that may call them from a browser.</summary>
    public IReadOnlyList<string> Origins { get; set; } = [];

    /// <summary>The servers elsewhere whose tools agents may use, by name.</summary>
    public IReadOnlyDictionary<string, ToolServerOptions> Servers { get; set; } = new Dictionary<string, ToolServerOptions>(StringComparer.Ordinal);
}
