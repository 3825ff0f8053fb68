using OrleansAgents.Agents;

namespace OrleansAgents.Security;

/// <summary>An address, or the beginning of addresses.</summary>
internal sealed class RecipientPattern
{
    private readonly string _kind;
    private readonly string? _key;
    private readonly bool _isBeginning;

    private RecipientPattern(string kind, string? key, bool isBeginning) => (_kind, _key, _isBeginning) = (kind, key, isBeginning);

    public static RecipientPattern? TryParse(string? text)
    {
        text ??= "";
        var isBeginning = text.EndsWith('*');
        var rest = isBeginning ? text[..^1] : text;
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (rest.Contains('*', StringComparison.Ordinal) || (slash < 0 && !isBeginning))
        {
            return null;
        }

        var pattern = slash < 0 ? new RecipientPattern(rest, null, isBeginning) : new(rest[..slash], rest[(slash + 1)..], isBeginning);
        // Whatever completes it to an address shows whether it begins one.
        var example = slash < 0 ? (rest.Length == 0 ? "a/a" : $"{rest}/a") : isBeginning ? $"{rest}a" : rest;
        return AgentId.TryParse(example, defaultKind: null, out _, out _) ? pattern : null;
    }

    public bool Matches(AgentId agent) => _key is null
        ? agent.Kind.StartsWith(_kind, StringComparison.Ordinal)
        : agent.Kind == _kind && (_isBeginning ? agent.Key.StartsWith(_key, StringComparison.Ordinal) : agent.Key == _key);
}
