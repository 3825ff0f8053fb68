using OrleansAgents.A2A;
using OrleansAgents.Hosting;

namespace OrleansAgents.Configuration;

/// <summary>Reads <c>Agents:Remotes</c>: agents elsewhere that speak A2A. No message ever holds a key.</summary>
internal static class RemoteSettings
{
    /// <summary>The section below that of the silo.</summary>
    public const string Name = "Remotes";

    private static readonly string[] Members =
    [
        nameof(RemoteOptions.Url), nameof(RemoteOptions.Key), nameof(RemoteOptions.KeyFile), nameof(RemoteOptions.KeyHeader), nameof(RemoteOptions.Timeout),
        nameof(RemoteOptions.StreamTimeout), nameof(RemoteOptions.Retries), nameof(RemoteOptions.BreakAfter), nameof(RemoteOptions.BreakFor),
        nameof(RemoteOptions.PollInterval), nameof(RemoteOptions.CardAge), nameof(RemoteOptions.MaxBytes), nameof(RemoteOptions.MaxCalls),
    ];

    /// <exception cref="SettingsException">A setting is unknown or invalid.</exception>
    public static RemotesOptions Read(IConfigurationSection agents)
    {
        var remotes = new RemotesOptions();
        var section = agents.GetSection(Name);
        foreach (var remote in section.GetChildren())
        {
            // Settings do not tell case, and names have none.
            remotes.Remotes[remote.Key.ToLowerInvariant()] = ReadRemote(remote);
        }

        return RemotesOptionsValidation.FindFault(remotes, section.Path) is { } fault ? throw new SettingsException(fault) : remotes;
    }

    /// <summary>Has the silo call the agents of its settings.</summary>
    public static void AddRemoteAgents(this ISiloBuilder silo, RemotesOptions remotes) => silo.AddRemoteAgents(options =>
    {
        foreach (var (name, remote) in remotes.Remotes)
        {
            options.Remotes[name] = remote;
        }
    });

    private static RemoteOptions ReadRemote(IConfigurationSection section)
    {
        section.RefuseUnknown(Members);
        var remote = new RemoteOptions
        {
            Key = section[nameof(RemoteOptions.Key)], KeyFile = section[nameof(RemoteOptions.KeyFile)], KeyHeader = section[nameof(RemoteOptions.KeyHeader)],
        };
        section.ReadValue<Uri>(nameof(RemoteOptions.Url), "an address such as https://agents.example.com", TryReadAddress, v => remote.Url = v);
        section.ReadValue<TimeSpan>(nameof(RemoteOptions.Timeout), "a time such as 00:00:30", SettingReader.TryReadTime, v => remote.Timeout = v);
        section.ReadValue<TimeSpan>(nameof(RemoteOptions.StreamTimeout), "a time such as 00:02:00", SettingReader.TryReadTime, v => remote.StreamTimeout = v);
        section.ReadValue<int>(nameof(RemoteOptions.Retries), "a whole number from 0 to 20", int.TryParse, v => remote.Retries = v);
        section.ReadValue<int>(nameof(RemoteOptions.BreakAfter), "a whole number, 2 or more", int.TryParse, v => remote.BreakAfter = v);
        section.ReadValue<TimeSpan>(nameof(RemoteOptions.BreakFor), "a time such as 00:00:30", SettingReader.TryReadTime, v => remote.BreakFor = v);
        section.ReadValue<TimeSpan>(nameof(RemoteOptions.PollInterval), "a time such as 00:00:01", SettingReader.TryReadTime, v => remote.PollInterval = v);
        section.ReadValue<TimeSpan>(nameof(RemoteOptions.CardAge), "a time such as 00:10:00", SettingReader.TryReadTime, v => remote.CardAge = v);
        section.ReadValue<int>(nameof(RemoteOptions.MaxBytes), "a number of bytes, 1024 or more", int.TryParse, v => remote.MaxBytes = v);
        section.ReadValue<int>(nameof(RemoteOptions.MaxCalls), "a whole number above zero", int.TryParse, v => remote.MaxCalls = v);
        return remote;
    }

    private static bool TryReadAddress(string text, out Uri address) => Uri.TryCreate(text, UriKind.Absolute, out address!) && address.Scheme is "http" or "https";
}
