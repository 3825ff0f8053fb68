namespace OrleansAgents.Configuration;

/// <summary>Reads <c>Agents:Mcp</c>.</summary>
internal static class McpSettings
{
    /// <summary>The section below that of the silo.</summary>
    public const string Name = "Mcp";

    private static readonly string[] Members = [nameof(McpOptions.Enabled), nameof(McpOptions.Origins), nameof(McpOptions.Servers)];

    /// <exception cref="SettingsException">A setting is unknown or invalid.</exception>
    public static McpOptions Read(IConfigurationSection agents)
    {
        var section = agents.GetSection(Name);
        section.RefuseUnknown(Members);
        var mcp = new McpOptions();
        section.ReadValue<bool>(nameof(McpOptions.Enabled), "true or false", bool.TryParse, v => mcp.Enabled = v);
        mcp.Origins = [.. section.GetSection(nameof(McpOptions.Origins)).GetChildren().Select(ReadOrigin)];
        mcp.Servers = ToolServerSettings.Read(section.GetSection(nameof(McpOptions.Servers)));
        return mcp;
    }

    private static string ReadOrigin(IConfigurationSection section) =>
        Uri.TryCreate(section.Value, UriKind.Absolute, out var origin) && origin.Scheme is "http" or "https" && origin.GetLeftPart(UriPartial.Authority) == section.Value
            ? section.Value
            : throw new SettingsException($"{section.Path} is '{section.Value}'; give the origin of a page as browsers name it, such as https://tools.example.");
}
