using OrleansAgents.Agents;
using OrleansAgents.Intelligence;

namespace OrleansAgents.Mcp;

/// <summary>Finds what is wrong with the settings of an MCP server elsewhere, before anything starts.</summary>
internal static class ToolServerCheck
{
    // A timer takes no more.
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    /// <summary>A sentence that names the setting and the remedy; null where nothing is wrong. It never holds a key.</summary>
    /// <param name="name">What the server is called here.</param>
    /// <param name="server">Its settings.</param>
    /// <param name="path">How the settings of all are called.</param>
    public static string? FindFault(string name, ToolServerOptions server, string path)
    {
        var at = $"{path}:{name}";
        return !AgentId.IsKind(name) ? $"{path} holds a server named '{name}'; a name is a lower-case letter and then lower-case letters, digits or hyphens, such as search."
            : server.Endpoint is null ? $"{at}:Endpoint is missing; give an address such as https://tools.example/mcp."
            : server.Endpoint is { IsAbsoluteUri: false } or { Scheme: not ("http" or "https") } ? $"{at}:Endpoint is {server.Endpoint}; give an address such as https://tools.example/mcp."
            : server.Endpoint.UserInfo.Length > 0 ? $"{at}:Endpoint holds a name or a password, which logs would show; give the key as KeyFile."
            : server.Timeout <= TimeSpan.Zero || server.Timeout > LongestTime ? $"{at}:Timeout is {server.Timeout}; give a time above zero and up to a day; 00:01:00 is the default."
            : server.Header is { } header && !IsToken(header) ? $"{at}:Header is '{header}', which is no header's name; give one such as X-Api-Key, or leave it out for Authorization: Bearer."
            : server.Tools.Any(string.IsNullOrWhiteSpace) ? $"{at}:Tools holds an empty name; give the names of tools that the server has, or leave it out for all."
            : ServiceKey.FindFault(server.Key, server.KeyFile, server.Endpoint, at);
    }

    private static bool IsToken(string header) => header.Length > 0 && header.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
