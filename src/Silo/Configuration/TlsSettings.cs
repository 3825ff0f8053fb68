using OrleansAgents.Security;

namespace OrleansAgents.Configuration;

/// <summary>The settings of the section <c>Agents:Tls</c>.</summary>
internal sealed class TlsSettings
{
    public static readonly string[] Members =
        [nameof(Certificate), nameof(Key), nameof(PasswordFile), nameof(Authority), nameof(Names), nameof(Plaintext)];

    /// <summary>The certificate's file; null for connections without TLS.</summary>
    public string? Certificate { get; set; }

    /// <summary>The key's file; null where the certificate's holds it.</summary>
    public string? Key { get; set; }

    /// <summary>A file with the password of a PFX file; null for none.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>The file of the authorities that others' certificates must come from.</summary>
    public string? Authority { get; set; }

    /// <summary>The names of which others' certificates must have one; empty for any.</summary>
    public IList<string> Names { get; } = [];

    /// <summary>Whether doors without TLS may be open beyond this machine.</summary>
    public bool Plaintext { get; set; }

    /// <exception cref="SettingsException">A setting cannot be read.</exception>
    public static void Read(IConfigurationSection section, TlsSettings tls)
    {
        tls.Certificate = section[nameof(Certificate)];
        tls.Key = section[nameof(Key)];
        tls.PasswordFile = section[nameof(PasswordFile)];
        tls.Authority = section[nameof(Authority)];
        section.GetSection(nameof(Names)).Bind(tls.Names);
        section.ReadValue<bool>(nameof(Plaintext), "true or false", bool.TryParse, v => tls.Plaintext = v);
    }

    public void Apply(TlsOptions options)
    {
        options.CertificateFile = Certificate ?? "";
        options.KeyFile = Key;
        options.PasswordFile = PasswordFile;
        options.AuthorityFile = Authority ?? "";
        options.Called = TlsSettingNames.OfSilo;
        foreach (var name in Names)
        {
            options.Names.Add(name);
        }
    }

    public string? FindFault(DateTimeOffset now)
    {
        if (Certificate is null && Key is null && PasswordFile is null && Authority is null && Names.Count == 0)
        {
            return null;
        }

        if (Names.Any(string.IsNullOrWhiteSpace))
        {
            return "Agents:Tls:Names holds an empty name; give names such as Agents:Tls:Names:0=silo.agents, or none for any certificate of the authority.";
        }

        var options = new TlsOptions();
        Apply(options);
        return TlsOptionsValidation.FindFault(options, now);
    }
}
