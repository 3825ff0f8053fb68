using System.Runtime.InteropServices;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Security;

/// <summary>How much of a text a pattern fixes.</summary>
internal enum PatternForm
{
    /// <summary>Nothing.</summary>
    Any,

    /// <summary>So many of its first characters.</summary>
    Prefix,

    /// <summary>All up to its last slash.</summary>
    Level,

    /// <summary>All of it.</summary>
    Exact,
}

/// <summary>What patterns have in common that one table can hold: their form and, of a prefix, its length.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PatternShape(PatternForm Form, int Length)
{
    /// <summary>How much of a text a pattern of this shape compares; -1 for a text that none can match.</summary>
    public int Cut(string text) => Form switch
    {
        PatternForm.Any => 0,
        PatternForm.Prefix => text.Length < Length ? -1 : Length,
        PatternForm.Level => text.LastIndexOf('/') is var slash && slash < 0 ? -1 : slash + 1,
        _ => text.Length,
    };
}

/// <summary>A pattern of addresses, contracts or topics.</summary>
/// <param name="Form">How much it fixes.</param>
/// <param name="Kind">The kind that an address must have; empty for any, and for contracts and topics.</param>
/// <param name="Text">What it fixes of the key, the contract's name, or the topic's.</param>
internal readonly record struct AccessPattern(PatternForm Form, string Kind, string Text)
{
    public static AccessPattern Any { get; } = new(PatternForm.Any, "", "");

    public PatternShape Shape => new(Form, Form == PatternForm.Prefix ? Text.Length : 0);

    public static AccessPattern Exact(string text) => new(PatternForm.Exact, "", text);

    /// <summary>Reads <c>client/web</c>, <c>client/till-*</c>, <c>client/*</c> or <c>*</c>.</summary>
    public static AccessPattern? ReadAddress(string? text) =>
        !AddressPattern.TryParse(text, out var address, out _) ? null
        : address.Kind.Length == 0 ? Any
        : new(address.IsPrefix ? PatternForm.Prefix : PatternForm.Exact, address.Kind, address.Key);

    /// <summary>Reads <c>order.place</c>, <c>order.*</c> or <c>*</c>.</summary>
    public static AccessPattern? ReadContract(string? text) => text switch
    {
        null => null,
        "*" => Any,
        _ when text.EndsWith(".*", StringComparison.Ordinal) && Contract.IsName(text.AsSpan(0, text.Length - 2)) => new(PatternForm.Prefix, "", text[..^1]),
        _ when Contract.IsName(text) => Exact(text),
        _ => null,
    };

    /// <summary>Reads <c>orders/eu</c>, <c>orders/*</c>, <c>orders/**</c> or <c>*</c>.</summary>
    public static AccessPattern? ReadTopic(string? text) => text switch
    {
        null => null,
        "*" => Any,
        _ when TopicPattern.TryParse(text, out var pattern, out _) => new(pattern.IsDeep ? PatternForm.Prefix : PatternForm.Level, "", pattern.Above.Name + "/"),
        _ when TopicId.TryParse(text, out _, out _) => Exact(text),
        _ => null,
    };
}
