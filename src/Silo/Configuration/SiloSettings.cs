using OrleansAgents.Agents;
using OrleansAgents.Sqlite;
using OrleansAgents.Topics;

namespace OrleansAgents.Configuration;

/// <summary>Reads and validates what the host is told by files, environment and command line.</summary>
internal static class SiloSettings
{
    public const string DefaultUrls = "http://127.0.0.1:5000";

    private static readonly TimeSpan LongestDrain = TimeSpan.FromHours(1);

    private static readonly string[] Known =
    [
        nameof(SiloOptions.SiloPort), nameof(SiloOptions.GatewayPort), nameof(SiloOptions.Profile), nameof(SiloOptions.DataDirectory),
        "Sqlite", nameof(SiloOptions.HandledWindow), nameof(SiloOptions.Topics), nameof(SiloOptions.Demo),
        nameof(SiloOptions.Assemblies), nameof(SiloOptions.DrainTimeout),
    ];

    private static readonly (string Name, string[] Members)[] Sections =
    [
        ("Sqlite", [nameof(SiloOptions.Synchronous)]),
        (nameof(SiloOptions.HandledWindow), [nameof(HandledWindow.Count), nameof(HandledWindow.Age)]),
        (nameof(SiloOptions.Topics), [nameof(TopicRetention.Age), nameof(TopicRetention.Bytes)]),
    ];

    /// <summary>What holds where nobody says otherwise: the lowest layer of the configuration.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Defaults =>
    [
        new("urls", DefaultUrls),
        new("Logging:LogLevel:Default", "Information"),
        new("Logging:LogLevel:Microsoft", "Warning"),
        new("Logging:LogLevel:Orleans", "Warning"),
        new("Logging:LogLevel:OrleansAgents", "Information"),
        new("Logging:LogLevel:Polly", "Error"),
    ];

    /// <exception cref="SettingsException">A setting is unknown or invalid.</exception>
    public static SiloOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(SiloOptions.Section);
        RefuseUnknown(section, Known);
        foreach (var (name, members) in Sections)
        {
            RefuseUnknown(section.GetSection(name), members);
        }

        var options = new SiloOptions();
        ReadValue<int>(section, nameof(SiloOptions.SiloPort), "a port from 1 to 65535", int.TryParse, v => options.SiloPort = v);
        ReadValue<int>(section, nameof(SiloOptions.GatewayPort), "a port from 1 to 65535", int.TryParse, v => options.GatewayPort = v);
        ReadValue<bool>(section, nameof(SiloOptions.Demo), "true or false", bool.TryParse, v => options.Demo = v);
        ReadValue<TimeSpan>(section, nameof(SiloOptions.DrainTimeout), "a time such as 00:00:30", TryReadTime, v => options.DrainTimeout = v);
        ReadValue<SiloProfile>(section, nameof(SiloOptions.Profile), "Embedded or Memory", TryReadEnum, v => options.Profile = v);
        ReadValue<SqliteSynchronous>(section, "Sqlite:Synchronous", "Full or Normal", TryReadEnum, v => options.Synchronous = v);
        ReadValue<int>(section, "HandledWindow:Count", "a whole number above zero", int.TryParse, v => options.HandledWindow.Count = v);
        ReadValue<TimeSpan>(section, "HandledWindow:Age", "a time such as 00:10:00", TryReadTime, v => options.HandledWindow.Age = v);
        ReadValue<TimeSpan>(section, "Topics:Age", "a time such as 7.00:00:00", TryReadTime, v => options.Topics.Age = v);
        ReadValue<long>(section, "Topics:Bytes", "a number of bytes above zero", long.TryParse, v => options.Topics.Bytes = v);
        options.DataDirectory = section[nameof(SiloOptions.DataDirectory)] ?? options.DataDirectory;
        section.GetSection(nameof(SiloOptions.Assemblies)).Bind(options.Assemblies);
        return FindFault(options) is { } fault ? throw new SettingsException(fault) : options;
    }

    /// <summary>The addresses of the web host.</summary>
    /// <exception cref="SettingsException">One of them is no address.</exception>
    public static IReadOnlyList<BindingAddress> ReadUrls(IConfiguration configuration)
    {
        var urls = (configuration["urls"] ?? DefaultUrls).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.Length == 0)
        {
            throw new SettingsException($"urls is empty; give an address such as {DefaultUrls}.");
        }

        return [.. urls.Select(ReadUrl)];
    }

    private static BindingAddress ReadUrl(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address is { Scheme: "http" or "https", Port: >= 0 and <= 65535, PathBase.Length: 0 })
            {
                return address;
            }
        }
        catch (FormatException)
        {
            // Told below, with the setting's name.
        }

        throw new SettingsException($"urls holds '{url}', which is no web address; give one such as {DefaultUrls}.");
    }

    private static void RefuseUnknown(IConfigurationSection section, IReadOnlyCollection<string> known)
    {
        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new SettingsException($"{child.Path} is no setting; the settings of {section.Path} are {string.Join(", ", known)}.");
            }
        }
    }

    private static string? FindFault(SiloOptions options)
    {
        if (options.HandledWindow.Count < 1 || options.HandledWindow.Age <= TimeSpan.Zero)
        {
            return "Agents:HandledWindow:Count and Age must be above zero; 10000 and 00:10:00 are the defaults.";
        }

        if (options.Topics.Bytes < 1 || options.Topics.Age <= TimeSpan.Zero)
        {
            return "Agents:Topics:Bytes and Age must be above zero; 1073741824 and 7.00:00:00 are the defaults.";
        }

        if (options.SiloPort is < 1 or > 65535)
        {
            return $"Agents:SiloPort is {options.SiloPort}; give a port from 1 to 65535.";
        }

        if (options.GatewayPort is < 1 or > 65535)
        {
            return $"Agents:GatewayPort is {options.GatewayPort}; give a port from 1 to 65535.";
        }

        if (options.GatewayPort == options.SiloPort)
        {
            return $"Agents:GatewayPort and Agents:SiloPort are both {options.SiloPort}; give two different ports.";
        }

        if (string.IsNullOrWhiteSpace(options.DataDirectory) || options.DataDirectory.Contains('\0', StringComparison.Ordinal))
        {
            return "Agents:DataDirectory is no path; give a directory such as data.";
        }

        return options.DrainTimeout <= TimeSpan.Zero || options.DrainTimeout > LongestDrain
            ? $"Agents:DrainTimeout is {options.DrainTimeout}; give a time above zero and up to {LongestDrain}, such as 00:00:30."
            : null;
    }

    private static void ReadValue<T>(IConfigurationSection section, string name, string remedy, Parser<T> parse, Action<T> assign)
    {
        if (section[name] is not { } text)
        {
            return;
        }

        assign(parse(text, out var value) ? value : throw new SettingsException($"{section.Path}:{name} is '{text}'; give {remedy}."));
    }

    private static bool TryReadEnum<T>(string text, out T value)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && !char.IsDigit(text.Trim()[0]);

    // A bare number would be days, which nobody means.
    private static bool TryReadTime(string text, out TimeSpan value)
    {
        value = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out value);
    }

    private delegate bool Parser<T>(string text, out T value);
}
