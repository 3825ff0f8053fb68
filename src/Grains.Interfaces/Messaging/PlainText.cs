using System.Globalization;
using System.Text;

namespace OrleansAgents.Messaging;

/// <summary>
/// Texts of strangers, as sentences, logs and terminals may show them: without characters that a terminal obeys, that turn
/// the direction of others, or that nobody sees.
/// </summary>
internal static class PlainText
{
    /// <summary>The longest text that a sentence quotes, in characters.</summary>
    public const int Quoted = 64;

    /// <summary>A text as a sentence quotes it: line breaks and tabs as blanks, what does not print as <c>\u</c> and its number.</summary>
    /// <param name="text">The text; null is shown as nothing.</param>
    /// <param name="most">How many characters are shown; of a longer text an ellipsis tells.</param>
    public static string Show(string? text, int most = int.MaxValue)
    {
        text ??= "";
        var length = Math.Min(text.Length, most);
        // Half of a pair would be a character that was not there.
        length -= length < text.Length && length > 0 && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
        return Escape(text.AsSpan(0, length), isJson: false) is var shown && length < text.Length ? shown + "…" : shown;
    }

    /// <summary>
    /// A JSON text of one line: the same value. Outside of its texts only white space can be unprintable, and within them
    /// an escape says the same.
    /// </summary>
    public static string ShowJson(string json) => Escape(json, isJson: true);

    /// <summary>Whether a character takes room of its own on paper, and changes nothing around it.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value is >= ' ' and < 0x7F || (Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) && !IsInvisible(rune.Value));

    /// <summary>Letters, marks and symbols that show nothing, whatever their category says (Unicode's Default_Ignorable_Code_Point, and the empty Braille cell).</summary>
    public static bool IsInvisible(int character) => character is
        0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164
        or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0000 and <= 0xE0FFF);

    private static string Escape(ReadOnlySpan<char> text, bool isJson)
    {
        StringBuilder? shown = null;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.Utf16SequenceLength;
            // An emoji may have FE0F, and says no other thing for it; half of a pair comes as a sign that it is not.
            if ((IsPrintable(rune) || rune.Value == 0xFE0F) && !(length == 1 && char.IsSurrogate(text[at])))
            {
                shown?.Append(text.Slice(at, length));
            }
            else
            {
                shown ??= new StringBuilder(text.Length + 16).Append(text[..at]);
                Append(shown, text.Slice(at, length), isJson);
            }

            at += length;
        }

        return shown?.ToString() ?? text.ToString();
    }

    private static void Append(StringBuilder shown, ReadOnlySpan<char> unprintable, bool isJson)
    {
        foreach (var c in unprintable)
        {
            _ = (isJson && c < ' ') || c is '\t' or '\n' or '\r'
                ? shown.Append(' ')
                : shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
    }
}
