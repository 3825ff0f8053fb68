namespace OrleansAgents.Mcp;

/// <summary>An MCP server elsewhere whose tools agents may use.</summary>
public sealed class ToolServerOptions
{
    /// <summary>Where it is served, by streamable HTTP, such as <c>https://tools.example/mcp</c>.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The key to show; null for <see cref="KeyFile"/>, or for none. It is never logged.</summary>
    public string? Key { get; set; }

    /// <summary>A file with the key, read with each new connection; null for none. White space around the key does not count.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The header that the key is shown in, as it is; null for <c>Authorization: Bearer</c>.</summary>
    public string? Header { get; set; }

    /// <summary>How long a call may take, and so may connecting with the first list of tools. 1 minute unless told.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The tools that may be used, by the server's own names; empty for all that it has.</summary>
    public IList<string> Tools { get; } = [];

    /// <summary>Whether a person must agree to each call. False unless told.</summary>
    public bool NeedsApproval { get; set; }
}
