using System.Diagnostics.CodeAnalysis;
using OrleansAgents.Agents;

namespace OrleansAgents.Security;

/// <summary>Addresses: one (<c>pricer/eu</c>), a kind's (<c>pricer/*</c>), those whose keys begin alike (<c>pricer/eu-*</c>), or all (<c>*</c>).</summary>
internal readonly record struct AddressPattern
{
    private AddressPattern(string kind, string key, bool isPrefix) => (Kind, Key, IsPrefix) = (kind, key, isPrefix);

    /// <summary>The kind; empty for all.</summary>
    public string Kind { get; }

    /// <summary>The key, or what it begins with.</summary>
    public string Key { get; }

    /// <summary>Whether more may follow.</summary>
    public bool IsPrefix { get; }

    public static bool TryParse(string? text, out AddressPattern pattern, [NotNullWhen(false)] out string? fault)
    {
        pattern = default;
        fault = null;
        if (text == "*")
        {
            pattern = new AddressPattern("", "", isPrefix: true);
            return true;
        }

        var isPrefix = text?.EndsWith('*') is true;
        // A star stands for what an address may have there, so the rest is checked with something else in its place.
        if (!AgentId.TryParse(isPrefix ? text![..^1] + "x" : text, defaultKind: null, out var id, out _) || id.Key.Contains('*', StringComparison.Ordinal))
        {
            fault = $"'{Messaging.PlainText.Show(text, Messaging.PlainText.Quoted)}' names no addresses; write one such as pricer/eu, pricer/eu-*, pricer/* or *.";
            return false;
        }

        pattern = new AddressPattern(id.Kind, isPrefix ? id.Key[..^1] : id.Key, isPrefix);
        return true;
    }

    public bool Matches(AgentId address) =>
        Kind.Length == 0
        || (address.Kind == Kind && (IsPrefix ? address.Key.StartsWith(Key, StringComparison.Ordinal) : address.Key == Key));

    public override string ToString() => Kind.Length == 0 ? "*" : $"{Kind}/{Key}{(IsPrefix ? "*" : "")}";
}
