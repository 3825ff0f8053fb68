namespace OrleansAgents.Directory;

/// <summary>
/// The rule for capabilities and tags: a lower-case letter and then lower-case letters, digits, hyphens, dots or colons,
/// such as <c>quote</c>, <c>eu</c> or <c>model:gpt-5.1</c>.
/// </summary>
public static class TraitName
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 64;

    internal const string Rule = "a lower-case letter and then lower-case letters, digits, hyphens, dots or colons, 64 at most";

    /// <summary>Whether <paramref name="text"/> keeps the rule.</summary>
    public static bool IsValid([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? text)
    {
        if (text is null || text.Length is 0 or > MaxLength || !char.IsAsciiLetterLower(text[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '.' or ':'))
            {
                return false;
            }
        }

        return true;
    }
}
