using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// The address of an agent, written <c>kind/key</c>, such as <c>pricer/eu</c>. The text splits at the first slash, so a
/// key may hold slashes. A kind is a lower-case letter followed by up to 63 lower-case letters, digits or hyphens; a key
/// is 1 to 256 printable characters, compared one by one: nothing is normalised. <c>default</c> is no address; see <see cref="IsDefault"/>.
/// </summary>
public readonly record struct AgentId : IParsable<AgentId>
{
    /// <summary>The longest kind, in characters.</summary>
    public const int MaxKindLength = 64;

    /// <summary>The longest key, in characters.</summary>
    public const int MaxKeyLength = 256;

    private readonly string? _kind;
    private readonly string? _key;

    /// <summary>Makes an address of its two parts.</summary>
    /// <exception cref="FormatException">A part breaks the rules of <see cref="AgentId"/>.</exception>
    public AgentId(string kind, string key)
    {
        if (FindFault(kind, key) is { } fault)
        {
            throw new FormatException(fault);
        }

        _kind = kind;
        _key = key;
    }

    private AgentId(string kind, string key, bool _) => (_kind, _key) = (kind, key);

    /// <summary>The kind: which agent class answers. Empty only for <c>default</c>.</summary>
    public string Kind => _kind ?? "";

    /// <summary>The key: which agent of that kind. Empty only for <c>default</c>.</summary>
    public string Key => _key ?? "";

    /// <summary>True for <c>default(AgentId)</c>, which addresses nothing.</summary>
    public bool IsDefault => _kind is null;

    /// <summary>Reads <c>kind/key</c>.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is no address; the message says why.</exception>
    public static AgentId Parse(string text) =>
        TryParse(text, defaultKind: null, out var id, out var fault) ? id : throw new FormatException(fault);

    /// <summary>
    /// Reads <c>kind/key</c>, or a bare key when <paramref name="defaultKind"/> is not null.
    /// <paramref name="fault"/> says what is wrong when the answer is false.
    /// </summary>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, string? defaultKind, out AgentId id, [NotNullWhen(false)] out string? fault)
    {
        id = default;
        text ??= "";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 && defaultKind is null)
        {
            fault = text.Length == 0
                ? "An address is empty; write kind/key, such as echo/a."
                : $"'{Shorten(text)}' has no kind; write kind/key, such as echo/{Shorten(text)}.";
            return false;
        }

        var kind = slash < 0 ? defaultKind! : text[..slash];
        var key = text[(slash + 1)..];
        fault = FindFault(kind, key);
        if (fault is not null)
        {
            return false;
        }

        id = new AgentId(kind, key, true);
        return true;
    }

    /// <summary>Takes parts that were checked before.</summary>
    internal static AgentId Trusted(string kind, string key) => new(kind, key, true);

    /// <summary>Reads an address that kept the rules of its time, which may have allowed other characters.</summary>
    internal static bool TryReadKept(string text, out AgentId id)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var isOne = slash > 0 && IsKind(text[..slash]) && text.Length - slash - 1 is > 0 and <= MaxKeyLength;
        id = isOne ? Trusted(text[..slash], text[(slash + 1)..]) : default;
        return isOne;
    }

    /// <inheritdoc/>
    static AgentId IParsable<AgentId>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    static bool IParsable<AgentId>.TryParse(string? s, IFormatProvider? provider, out AgentId result) =>
        TryParse(s, defaultKind: null, out result, out _);

    /// <summary>Reads <c>kind/key</c>; throws as <see cref="Parse"/> does.</summary>
    public static implicit operator AgentId(string text) => Parse(text);

    /// <summary>Whether <paramref name="kind"/> keeps the rule for kinds.</summary>
    public static bool IsKind([NotNullWhen(true)] string? kind)
    {
        if (kind is null || kind.Length is 0 or > MaxKindLength || !char.IsAsciiLetterLower(kind[0]))
        {
            return false;
        }

        foreach (var c in kind)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The text form, <c>kind/key</c>.</summary>
    public override string ToString() => IsDefault ? "" : $"{_kind}/{_key}";

    private static string? FindFault(string? kind, string? key)
    {
        if (!IsKind(kind))
        {
            return $"'{Shorten(kind)}' is no agent kind; a kind is a lower-case letter and then lower-case letters, digits or hyphens, {MaxKindLength} at most.";
        }

        if (string.IsNullOrEmpty(key))
        {
            return $"The address '{kind}/' has no key; write {kind}/NAME.";
        }

        if (key.Length > MaxKeyLength)
        {
            return $"The key of an address holds {key.Length} characters; {MaxKeyLength} is the limit.";
        }

        for (var i = 0; i < key.Length; i++)
        {
            if (key[i] is > ' ' and < '\u007f')
            {
                continue;
            }

            if (!IsPrintable(key, ref i))
            {
                return $"The key of an address has an unprintable character at position {i}.";
            }
        }

        return null;
    }

    private static bool IsPrintable(string key, ref int i)
    {
        if (key[i] == ' ')
        {
            return i > 0 && i < key.Length - 1;
        }

        if (char.IsSurrogate(key[i]) && !char.IsSurrogatePair(key, i))
        {
            return false;
        }

        var printable = CharUnicodeInfo.GetUnicodeCategory(key, i) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator)
            && !PlainText.IsInvisible(char.ConvertToUtf32(key, i));
        if (printable && char.IsHighSurrogate(key[i]))
        {
            i++;
        }

        return printable;
    }

    private static string Shorten(string? text) => PlainText.Show(text, PlainText.Quoted);
}
