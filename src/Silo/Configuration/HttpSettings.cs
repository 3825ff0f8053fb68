using System.Security.Cryptography;
using System.Text;
using OrleansAgents.Agents;

namespace OrleansAgents.Configuration;

/// <summary>Reads the section <c>Agents:Http</c>, at start and again whenever it changes.</summary>
internal static class HttpSettings
{
    public static readonly string[] Members =
    [
        nameof(HttpOptions.Keys), nameof(HttpOptions.Jwt), nameof(HttpOptions.Anonymous), nameof(HttpOptions.DefaultKind), nameof(HttpOptions.Rate),
        nameof(HttpOptions.Timeout), nameof(HttpOptions.MaxTimeout), nameof(HttpOptions.Heartbeat), nameof(HttpOptions.Streams), nameof(HttpOptions.Docs),
    ];

    // A timer takes no longer one.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private const int HashBytes = 32;
    private const int ShortestKey = 16;

    private static readonly string[] KeyMembers = ["Id", "Identity", "Sha256", "File", "Rate"];
    private static readonly string[] RateMembers = [nameof(HttpRate.PerSecond), nameof(HttpRate.Burst)];
    private static readonly string[] JwtMembers =
    [
        nameof(JwtSettings.Authority), nameof(JwtSettings.Audience), nameof(JwtSettings.Issuer), nameof(JwtSettings.KeyFile),
        nameof(JwtSettings.IdentityClaim), nameof(JwtSettings.IdentityPrefix),
    ];

    /// <exception cref="SettingsException">A setting cannot be read.</exception>
    public static HttpOptions Read(IConfigurationSection section)
    {
        var http = new HttpOptions
        {
            Keys = [.. section.GetSection(nameof(HttpOptions.Keys)).GetChildren().Select(ReadKey)],
            Jwt = ReadJwt(section.GetSection(nameof(HttpOptions.Jwt))),
            DefaultKind = section[nameof(HttpOptions.DefaultKind)],
            Rate = ReadRate(section.GetSection(nameof(HttpOptions.Rate)), HttpRate.Default),
        };
        section.ReadValue<bool>(nameof(HttpOptions.Anonymous), "true or false", bool.TryParse, v => http.Anonymous = v);
        ReadPace(section, http);
        if (http.DefaultKind is { } kind && !AgentId.IsKind(kind))
        {
            throw new SettingsException($"Agents:Http:DefaultKind is '{kind}', which is no kind; give one such as echo.");
        }

        return http.Keys.GroupBy(key => key.Id, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new SettingsException($"Agents:Http:Keys holds two keys with the Id '{twice.Key}'; give each its own.")
            : http;
    }

    private static void ReadPace(IConfigurationSection section, HttpOptions http)
    {
        section.ReadValue<TimeSpan>(nameof(HttpOptions.Timeout), "a time such as 00:00:30", SettingReader.TryReadTime, v => http.Timeout = v);
        section.ReadValue<TimeSpan>(nameof(HttpOptions.MaxTimeout), "a time such as 00:05:00", SettingReader.TryReadTime, v => http.MaxTimeout = v);
        section.ReadValue<TimeSpan>(nameof(HttpOptions.Heartbeat), "a time such as 00:00:15", SettingReader.TryReadTime, v => http.Heartbeat = v);
        section.ReadValue<int>(nameof(HttpOptions.Streams), "a whole number above zero", int.TryParse, v => http.Streams = v);
        section.ReadValue<bool>(nameof(HttpOptions.Docs), "true or false", bool.TryParse, v => http.Docs = v);
        if (http.Timeout <= TimeSpan.Zero || http.Timeout > http.MaxTimeout || http.MaxTimeout > Longest)
        {
            throw new SettingsException($"{section.Path}:Timeout is {http.Timeout} and MaxTimeout {http.MaxTimeout}; give a Timeout above zero and no longer than MaxTimeout, which is a day at most; 00:00:30 and 00:05:00 are the defaults.");
        }

        if (http.Heartbeat <= TimeSpan.Zero || http.Heartbeat > Longest)
        {
            throw new SettingsException($"{section.Path}:Heartbeat is {http.Heartbeat}; give a time above zero and up to a day, such as 00:00:15.");
        }

        if (http.Streams < 1)
        {
            throw new SettingsException($"{section.Path}:Streams is {http.Streams}; give a whole number above zero, such as 1000.");
        }
    }

    private static HttpKey ReadKey(IConfigurationSection section)
    {
        section.RefuseUnknown(KeyMembers);
        var id = section["Id"] is { Length: > 0 } text ? text : throw new SettingsException($"{section.Path}:Id is missing; give a name to know the key by in logs.");
        if (!AgentId.TryParse(section["Identity"], defaultKind: null, out var identity, out var fault))
        {
            throw new SettingsException($"{section.Path}:Identity is no address ({fault}); give the caller's, such as client/shop.");
        }

        var rate = section.GetSection("Rate");
        return new HttpKey(id, identity, ReadHash(section), rate.Exists() ? ReadRate(rate, HttpRate.Default) : null);
    }

    /// <summary>Of the key itself nothing is kept, and no message repeats any of it.</summary>
    private static byte[] ReadHash(IConfigurationSection section)
    {
        if (section["File"] is { } file)
        {
            var key = ReadFile($"{section.Path}:File", file).AsSpan().TrimEnd("\r\n"u8);
            return key.Length < ShortestKey
                ? throw new SettingsException($"{section.Path}:File is '{file}', which holds {key.Length} bytes; give a key of {ShortestKey} or more, such as 'openssl rand -hex 32' makes.")
                : SHA256.HashData(key);
        }

        try
        {
            if (section["Sha256"] is { } hex && Convert.FromHexString(hex) is { Length: HashBytes } hash)
            {
                return hash;
            }
        }
        catch (FormatException)
        {
            // Told below, with the setting's name.
        }

        throw new SettingsException($"{section.Path}:Sha256 is missing or no SHA-256 in 64 hexadecimal digits; give that of the key, as 'printf %s KEY | sha256sum' writes it, or the key's own file as File.");
    }

    private static HttpRate ReadRate(IConfigurationSection section, HttpRate rate)
    {
        section.RefuseUnknown(RateMembers);
        section.ReadValue<int>(nameof(HttpRate.PerSecond), "a whole number above zero", int.TryParse, v => rate = rate with { PerSecond = v });
        // One who set the one and not the other means no less at once than in a second.
        rate = rate with { Burst = Math.Max(rate.Burst, rate.PerSecond) };
        section.ReadValue<int>(nameof(HttpRate.Burst), "a whole number above zero", int.TryParse, v => rate = rate with { Burst = v });
        return rate is { PerSecond: > 0, Burst: > 0 } ? rate : throw new SettingsException($"{section.Path}:PerSecond and Burst must be above zero; 100 and 200 are the defaults.");
    }

    private static JwtSettings? ReadJwt(IConfigurationSection section)
    {
        if (!section.Exists())
        {
            return null;
        }

        section.RefuseUnknown(JwtMembers);
        var jwt = new JwtSettings();
        section.Bind(jwt);
        var fault = string.IsNullOrWhiteSpace(jwt.Audience) ? "Agents:Http:Jwt:Audience is missing; give the name by which tokens mean this silo, or tokens for others would be taken."
            : jwt is { Authority: null, KeyFile: null } ? "Agents:Http:Jwt has neither Authority nor KeyFile; give the address of the tokens' issuer, or a file with its public key."
            : jwt is { Authority: null, Issuer: null } ? "Agents:Http:Jwt:Issuer is missing; give the name of the tokens' issuer, which the key's file does not say."
            : jwt.Authority is { } authority && !(Uri.TryCreate(authority, UriKind.Absolute, out var address) && address.Scheme == "https")
                ? $"Agents:Http:Jwt:Authority is '{authority}'; give an https address, from which the keys of tokens can be trusted."
            : AgentId.TryParse(jwt.IdentityPrefix + "name", defaultKind: null, out _, out _) ? null
            : $"Agents:Http:Jwt:IdentityPrefix is '{jwt.IdentityPrefix}'; give the beginning of an address, such as client/.";
        if (fault is null && jwt.KeyFile is { } file)
        {
            _ = ReadFile("Agents:Http:Jwt:KeyFile", file);
        }

        return fault is null ? jwt : throw new SettingsException(fault);
    }

    public static byte[] ReadFile(string setting, string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new SettingsException($"{setting} is '{file}', which cannot be read ({e.Message.TrimEnd('.')}); give a file that the silo may read.");
        }
    }
}
