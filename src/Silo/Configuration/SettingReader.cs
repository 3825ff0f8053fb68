using System.Globalization;

namespace OrleansAgents.Configuration;

/// <summary>Reads single settings, and says of a wrong one what it is called and what it should be.</summary>
internal static class SettingReader
{
    /// <exception cref="SettingsException">The section holds a setting that is none.</exception>
    public static void RefuseUnknown(this IConfigurationSection section, IReadOnlyCollection<string> known)
    {
        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new SettingsException($"{child.Path} is no setting; the settings of {section.Path} are {string.Join(", ", known)}.");
            }
        }
    }

    /// <summary>Assigns what a setting says; does nothing when it is not there.</summary>
    /// <exception cref="SettingsException">It cannot be read.</exception>
    public static void ReadValue<T>(this IConfigurationSection section, string name, string remedy, Parser<T> parse, Action<T> assign)
    {
        if (section[name] is not { } text)
        {
            return;
        }

        assign(parse(text, out var value) ? value : throw new SettingsException($"{section.Path}:{name} is '{text}'; give {remedy}."));
    }

    public static bool TryReadEnum<T>(string text, out T value)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && !char.IsDigit(text.Trim()[0]);

    // A bare number would be days, which nobody means.
    public static bool TryReadTime(string text, out TimeSpan value)
    {
        value = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryReadAddress(string text, out Uri address) => Uri.TryCreate(text, UriKind.Absolute, out address!) && address.Scheme is "http" or "https";

    public static bool TryReadDecimal(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out value);

    public delegate bool Parser<T>(string text, out T value);
}
