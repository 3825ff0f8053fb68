using System.Reflection;

namespace OrleansAgents.Configuration;

/// <summary>Reads and validates what the host is told by files, environment and command line.</summary>
internal static class SiloSettings
{
    public const string DefaultUrls = "http://127.0.0.1:5000";

    private static readonly TimeSpan LongestDrain = TimeSpan.FromHours(1);

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
        var known = typeof(SiloOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite || p.PropertyType == typeof(IList<string>)).Select(p => p.Name).ToArray();
        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new SettingsException($"{child.Path} is no setting; the settings are {string.Join(", ", known)}.");
            }
        }

        var options = new SiloOptions();
        ReadValue<int>(section, nameof(SiloOptions.SiloPort), "a port from 1 to 65535", int.TryParse, v => options.SiloPort = v);
        ReadValue<int>(section, nameof(SiloOptions.GatewayPort), "a port from 1 to 65535", int.TryParse, v => options.GatewayPort = v);
        ReadValue<bool>(section, nameof(SiloOptions.Demo), "true or false", bool.TryParse, v => options.Demo = v);
        ReadValue<TimeSpan>(section, nameof(SiloOptions.DrainTimeout), "a time such as 00:00:30", TryReadTime, v => options.DrainTimeout = v);
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

    private static string? FindFault(SiloOptions options)
    {
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

    // A bare number would be days, which nobody means.
    private static bool TryReadTime(string text, out TimeSpan value)
    {
        value = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out value);
    }

    private delegate bool Parser<T>(string text, out T value);
}
