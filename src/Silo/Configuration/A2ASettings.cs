using OrleansAgents.A2A;
using OrleansAgents.Agents;

namespace OrleansAgents.Configuration;

/// <summary>Reads the section <c>Agents:A2A</c>.</summary>
internal static class A2ASettings
{
    public static readonly string[] Members =
    [
        nameof(A2AOptions.Enabled), nameof(A2AOptions.PublicUrl), nameof(A2AOptions.Host), nameof(A2AOptions.PushHosts),
        nameof(A2AOptions.PushPatience), nameof(A2AOptions.Extensions),
    ];

    private static readonly string[] ExtensionMembers = [nameof(AgentExtension.Uri), nameof(AgentExtension.Description), nameof(AgentExtension.Required)];

    // Beyond that an event is older than the run that it is of may be kept.
    private static readonly TimeSpan LongestPatience = TimeSpan.FromDays(7);

    /// <exception cref="SettingsException">A setting cannot be read.</exception>
    public static A2AOptions Read(IConfigurationSection section)
    {
        section.RefuseUnknown(Members);
        var options = new A2AOptions { Host = section[nameof(A2AOptions.Host)], PublicUrl = ReadUrl(section) };
        section.ReadValue<bool>(nameof(A2AOptions.Enabled), "true or false", bool.TryParse, v => options.Enabled = v);
        section.ReadValue<TimeSpan>(nameof(A2AOptions.PushPatience), "a time such as 01:00:00", SettingReader.TryReadTime, v => options.PushPatience = v);
        if (options.PushPatience <= TimeSpan.Zero || options.PushPatience > LongestPatience)
        {
            throw new SettingsException($"{section.Path}:PushPatience is {options.PushPatience}; give a time above zero and up to {LongestPatience}, such as 01:00:00.");
        }

        if (options.Host is { } host && !AgentId.IsKind(host))
        {
            throw new SettingsException($"{section.Path}:Host is '{host}', which is no kind; give one that is public, such as echo.");
        }

        options.PushHosts = [.. section.GetSection(nameof(A2AOptions.PushHosts)).GetChildren().Select(ReadHost)];
        options.Extensions = [.. section.GetSection(nameof(A2AOptions.Extensions)).GetChildren().Select(ReadExtension)];
        return options;
    }

    private static Uri? ReadUrl(IConfigurationSection section) => section[nameof(A2AOptions.PublicUrl)] is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { Query: "", Fragment: "", UserInfo: "" }
            ? url
            : throw new SettingsException($"{section.Path}:PublicUrl is '{text}'; give the address of this interface from outside, such as https://agents.example.");

    private static string ReadHost(IConfigurationSection section) => section.Value is { } host && Uri.CheckHostName(host) != UriHostNameType.Unknown
        ? host
        : throw new SettingsException($"{section.Path} is '{section.Value}'; give the name or the address of a host, such as hooks.example, without scheme and port.");

    private static AgentExtension ReadExtension(IConfigurationSection section)
    {
        section.RefuseUnknown(ExtensionMembers);
        var (uri, isRequired) = (section[nameof(AgentExtension.Uri)], false);
        section.ReadValue<bool>(nameof(AgentExtension.Required), "true or false", bool.TryParse, v => isRequired = v);
        return Uri.TryCreate(uri, UriKind.Absolute, out _) && !uri.Contains(',', StringComparison.Ordinal)
            ? new AgentExtension(uri, section[nameof(AgentExtension.Description)], isRequired)
            : throw new SettingsException($"{section.Path}:Uri is '{uri}'; give the URI that the extension is known by, such as https://example.com/extensions/geo/v1.");
    }
}
