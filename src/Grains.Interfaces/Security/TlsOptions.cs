namespace OrleansAgents.Security;

/// <summary>
/// How the connections between silos, and between clients and silos, are encrypted. Both sides show a certificate and each
/// checks the other's, so whoever has none of the authority reaches no agent. The files are read again while the process
/// runs: connections made from then on use what is new, those that stand go on.
/// </summary>
public sealed class TlsOptions
{
    /// <summary>
    /// This side's certificate: a PEM file, with the intermediate certificates behind it where there are any; or a PFX file
    /// (<c>.pfx</c>, <c>.p12</c>) that holds the key too. Where it says what it is for, it must say both client and server
    /// authentication, because a silo is both. Required.
    /// </summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The certificate's private key, a PEM file without a password. Null where the certificate is a PFX file, or stands in the same PEM file.</summary>
    public string? KeyFile { get; set; }

    /// <summary>A file that holds the PFX file's password; a line end behind it does not count. Null for none.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>
    /// A PEM file of one or more authorities; the other side's certificate must come from one of them. What the system trusts
    /// does not count. Required.
    /// </summary>
    public string AuthorityFile { get; set; } = "";

    /// <summary>
    /// DNS or URI names of which the other side's certificate must have one among its alternative names, compared without
    /// regard to case and without wildcards. Empty, as it is unless told: any certificate of the authority will do.
    /// </summary>
    public IList<string> Names { get; } = [];

    /// <summary>How often the files are looked at. 10 seconds unless told; must be from 1 second to 1 day.</summary>
    public TimeSpan ReloadPeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How messages call the settings.</summary>
    internal TlsSettingNames Called { get; set; } = TlsSettingNames.OfOptions;
}

/// <summary>What the settings are called where they are set, so that a fault names what somebody wrote.</summary>
internal sealed record TlsSettingNames(string Certificate, string Key, string Password, string Authority)
{
    public static TlsSettingNames OfOptions { get; } = new(
        "TlsOptions.CertificateFile", "TlsOptions.KeyFile", "TlsOptions.PasswordFile", "TlsOptions.AuthorityFile");

    public static TlsSettingNames OfSilo { get; } = new("Agents:Tls:Certificate", "Agents:Tls:Key", "Agents:Tls:PasswordFile", "Agents:Tls:Authority");

    public static TlsSettingNames OfCommand { get; } = new("--tls-certificate", "--tls-key", "--tls-key", "--tls-authority");
}
