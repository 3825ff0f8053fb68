using OrleansAgents.Mcp;

namespace OrleansAgents.Configuration;

/// <summary>Reads <c>Agents:Mcp:Servers</c>. No message ever holds a key.</summary>
internal static class ToolServerSettings
{
    private static readonly string[] Members =
    [
        nameof(ToolServerOptions.Endpoint), nameof(ToolServerOptions.Key), nameof(ToolServerOptions.KeyFile), nameof(ToolServerOptions.Header),
        nameof(ToolServerOptions.Timeout), nameof(ToolServerOptions.Tools), nameof(ToolServerOptions.NeedsApproval),
    ];

    /// <exception cref="SettingsException">A setting is unknown or invalid.</exception>
    public static IReadOnlyDictionary<string, ToolServerOptions> Read(IConfigurationSection section)
    {
        var servers = new Dictionary<string, ToolServerOptions>(StringComparer.Ordinal);
        foreach (var server in section.GetChildren())
        {
            // Settings do not tell case, and names have none.
            var (name, options) = (server.Key.ToLowerInvariant(), ReadServer(server));
            servers[name] = ToolServerCheck.FindFault(name, options, section.Path) is { } fault ? throw new SettingsException(fault) : options;
        }

        return servers;
    }

    private static ToolServerOptions ReadServer(IConfigurationSection section)
    {
        section.RefuseUnknown(Members);
        var server = new ToolServerOptions
        {
            Key = section[nameof(ToolServerOptions.Key)],
            KeyFile = section[nameof(ToolServerOptions.KeyFile)],
            Header = section[nameof(ToolServerOptions.Header)],
        };
        section.ReadValue<Uri>(nameof(ToolServerOptions.Endpoint), "an address such as https://tools.example/mcp", SettingReader.TryReadAddress, v => server.Endpoint = v);
        section.ReadValue<TimeSpan>(nameof(ToolServerOptions.Timeout), "a time such as 00:01:00", SettingReader.TryReadTime, v => server.Timeout = v);
        section.ReadValue<bool>(nameof(ToolServerOptions.NeedsApproval), "true or false", bool.TryParse, v => server.NeedsApproval = v);
        section.GetSection(nameof(ToolServerOptions.Tools)).Bind(server.Tools);
        return server;
    }
}
