using OrleansAgents.Security;

namespace OrleansAgents.Configuration;

/// <summary>The settings of signatures: <c>Agents:Signatures</c>, <c>Agents:ClockAllowance</c> and <c>Agents:Keys</c>.</summary>
internal static class SignatureSettings
{
    public const string Keys = nameof(KeyRingOptions.Keys);

    private static readonly string[] Members =
    [
        nameof(SigningKey.Id), nameof(SigningKey.Identity), nameof(SigningKey.Secret), nameof(SigningKey.File), nameof(SigningKey.Use),
    ];

    /// <exception cref="SettingsException">A setting cannot be read.</exception>
    public static void Read(IConfigurationSection section, SiloOptions options)
    {
        section.ReadValue<SignaturePolicy>(nameof(SiloOptions.Signatures), "None, External or Always", SettingReader.TryReadEnum, v => options.Signatures = v);
        section.ReadValue<TimeSpan>(nameof(SiloOptions.ClockAllowance), "a time such as 00:05:00", SettingReader.TryReadTime, v => options.ClockAllowance = v);
        foreach (var key in section.GetSection(Keys).GetChildren())
        {
            key.RefuseUnknown(Members);
        }

        options.HasKeys = section.GetSection(Keys).GetChildren().Any();
    }

    public static string? FindFault(IConfigurationSection section, SiloOptions options)
    {
        if (options.ClockAllowance <= TimeSpan.Zero || options.ClockAllowance > options.HandledWindow.Age)
        {
            return $"Agents:ClockAllowance is {options.ClockAllowance}; give a time above zero and up to Agents:HandledWindow:Age, which is {options.HandledWindow.Age}.";
        }

        try
        {
            var ring = new KeyRingOptions();
            section.Bind(ring);
            var keys = new Keys(ring);
            return options.Signatures == SignaturePolicy.Always && !keys.SignForAll
                ? "Agents:Signatures is Always, and no key signs for the agents; give one with Agents:Keys:N:Identity=*."
                : null;
        }
        catch (SecretKeyException e)
        {
            return $"Agents:Keys: {e.Message}";
        }
        catch (InvalidOperationException e)
        {
            // The binder names the place, and of what stands there only that it cannot be read.
            return $"Agents:Keys cannot be read: {(e.InnerException is null ? e.Message : "a member has another form than it must have; Use is true or false.")}";
        }
    }
}
