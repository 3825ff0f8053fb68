namespace OrleansAgents.Configuration;

/// <summary>Reads the addresses of the web host.</summary>
internal static class WebAddresses
{
    public const string Default = "http://127.0.0.1:5000";

    private const string DefaultOperator = "http://127.0.0.1:5001";

    /// <exception cref="SettingsException">One of them is no address, or there is none.</exception>
    public static IReadOnlyList<BindingAddress> Read(IConfiguration configuration)
    {
        var urls = Split(configuration["urls"] ?? Default);
        return urls.Length == 0
            ? throw new SettingsException($"urls is empty; give an address such as {Default}.")
            : [.. urls.Select(url => Parse("urls", url, Default))];
    }

    /// <summary>The addresses for operators; none where nobody named any.</summary>
    /// <exception cref="SettingsException">One of them is no address, or leaves its port open.</exception>
    public static IReadOnlyList<BindingAddress> ReadOperator(string? text)
    {
        const string Setting = "Agents:Operator:Urls";
        BindingAddress[] urls = [.. Split(text ?? "").Select(url => Parse(Setting, url, DefaultOperator))];
        // A port that the system chooses could not be told from those of urls.
        return urls.Any(u => u.IsUnixPipe || u.Port == 0)
            ? throw new SettingsException($"{Setting} holds an address without a port; give one such as {DefaultOperator}.")
            : urls;
    }

    private static string[] Split(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static BindingAddress Parse(string setting, string url, string example)
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

        throw new SettingsException($"{setting} holds '{url}', which is no web address; give one such as {example}.");
    }
}
