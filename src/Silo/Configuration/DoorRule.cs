using System.Net;

namespace OrleansAgents.Configuration;

/// <summary>
/// Which doors are open beyond this machine without encryption. None may be by accident: whoever reaches the gateway can
/// call any agent, and whoever reads along has it all.
/// </summary>
internal static class DoorRule
{
    private const string Certificates = "Kestrel:Certificates";

    /// <summary>The doors that are open so, for the warning that they deserve; empty for none.</summary>
    /// <exception cref="SettingsException">Some are, and nobody said that they may be.</exception>
    public static IReadOnlyList<string> Check(
        SiloOptions options, IPAddress listen, IReadOnlyList<BindingAddress> urls, IConfiguration configuration, bool development)
    {
        string[] open =
        [
            .. options.Tls.Certificate is null && !IPAddress.IsLoopback(listen) ? (string[])[$"silos and clients at {listen}"] : [],
            .. Web(options, urls, configuration).Where(url => url.Scheme == "http" && !IsLoopback(url)).Select(url => url.ToString()),
        ];
        if (open.Length > 0 && !options.Tls.Plaintext)
        {
            throw new SettingsException(
                $"These doors are open beyond this machine and not encrypted: {string.Join(", ", open)}; give certificates with Agents:Tls:Certificate (and https addresses), or Agents:Tls:Plaintext=true where the network is trusted as a whole.");
        }

        return Web(options, urls, configuration).Any(url => url.Scheme == "https") && options.Tls.Certificate is null
            && !configuration.GetSection(Certificates).Exists() && !development
            ? throw new SettingsException($"urls holds an https address and there is no certificate; give one with Agents:Tls:Certificate, or with {Certificates}:Default:Path.")
            : open;
    }

    /// <summary>Whether https addresses show the certificate that silos show.</summary>
    public static bool SharesCertificate(SiloOptions options, IConfiguration configuration) =>
        options.Tls.Certificate is not null && !configuration.GetSection(Certificates).Exists();

    private static IEnumerable<BindingAddress> Web(SiloOptions options, IReadOnlyList<BindingAddress> urls, IConfiguration configuration) =>
        urls.Concat(options.Operator.Enabled ? options.Operator.Urls : [])
            .Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(end => end["Url"]).OfType<string>().Select(BindingAddress.Parse));

    private static bool IsLoopback(BindingAddress url) =>
        url.IsUnixPipe || string.Equals(url.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
