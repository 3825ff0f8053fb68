using OrleansAgents.Security;

namespace OrleansAgents.Configuration;

/// <summary>Reads <c>Agents:Encryption</c>. The cipher watches the section by itself; here its faults are found before anything starts.</summary>
internal static class EncryptionSettings
{
    public const string Name = "Encryption";

    /// <exception cref="SettingsException">A setting is unknown or invalid. No secret is ever said.</exception>
    public static IConfigurationSection? Read(IConfigurationSection agents)
    {
        var section = agents.GetSection(Name);
        section.RefuseUnknown([nameof(EncryptionOptions.Groups)]);
        foreach (var group in section.GetSection(nameof(EncryptionOptions.Groups)).GetChildren())
        {
            group.RefuseUnknown([nameof(KeyGroup.Name), nameof(KeyGroup.Recipients), nameof(KeyGroup.Keys), nameof(KeyGroup.Required)]);
            group.ReadValue<bool>(nameof(KeyGroup.Required), "true or false", bool.TryParse, _ => { });
            foreach (var key in group.GetSection(nameof(KeyGroup.Keys)).GetChildren())
            {
                key.RefuseUnknown([nameof(SecretKey.Id), nameof(SecretKey.Secret), nameof(SecretKey.File), nameof(SecretKey.Use)]);
                key.ReadValue<bool>(nameof(SecretKey.Use), "true or false", bool.TryParse, _ => { });
            }
        }

        if (!section.Exists())
        {
            return null;
        }

        var options = new EncryptionOptions();
        section.Bind(options);
        return EncryptionOptionsValidation.FindFault(options) is { } fault ? throw new SettingsException($"{section.Path}: {fault}") : section;
    }
}
