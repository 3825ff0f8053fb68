using System.Runtime.InteropServices;

namespace OrleansAgents.Security;

/// <summary>The shapes of a rule's three patterns, by their number.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RuleShapes(int From, int What, int To);

/// <summary>What a rule fixes.</summary>
internal readonly record struct RuleKey(string FromKind, string From, string What, string ToKind, string To);

/// <summary>What a message has where rules of certain shapes fix something, without a text of its own.</summary>
internal readonly ref struct RuleProbe
{
    public required string FromKind { get; init; }

    public required ReadOnlySpan<char> From { get; init; }

    public required ReadOnlySpan<char> What { get; init; }

    public required string ToKind { get; init; }

    public required ReadOnlySpan<char> To { get; init; }

    public required int Hash { get; init; }
}

/// <summary>The rules whose patterns have the same shapes: each is found by what it fixes.</summary>
internal sealed class RuleTable
{
    private readonly Dictionary<RuleKey, PolicyRule> _rules;
    private readonly Dictionary<RuleKey, PolicyRule>.AlternateLookup<RuleProbe> _lookup;

    public RuleTable(RuleShapes shapes)
    {
        Shapes = shapes;
        _rules = new(RuleKeys.Comparer);
        _lookup = _rules.GetAlternateLookup<RuleProbe>();
    }

    public RuleShapes Shapes { get; }

    public void Add(RuleKey key, PolicyRule rule) => _rules.TryAdd(key, rule);

    public PolicyRule? Find(RuleProbe probe) => _lookup.TryGetValue(probe, out var rule) ? rule : null;
}

/// <summary>Compares what rules fix with what messages have. The hash is that of texts, with the process's own seed: nobody can choose addresses that collide.</summary>
internal sealed class RuleKeys : IEqualityComparer<RuleKey>, IAlternateEqualityComparer<RuleProbe, RuleKey>
{
    public static RuleKeys Comparer { get; } = new();

    public static int Hash(string kind, ReadOnlySpan<char> text) =>
        HashCode.Combine(string.GetHashCode(kind, StringComparison.Ordinal), string.GetHashCode(text, StringComparison.Ordinal));

    public bool Equals(RuleKey x, RuleKey y) => x == y;

    public int GetHashCode(RuleKey obj) => HashCode.Combine(Hash(obj.FromKind, obj.From), Hash("", obj.What), Hash(obj.ToKind, obj.To));

    public bool Equals(RuleProbe alternate, RuleKey other) =>
        alternate.From.SequenceEqual(other.From) && alternate.What.SequenceEqual(other.What) && alternate.To.SequenceEqual(other.To)
        && alternate.FromKind == other.FromKind && alternate.ToKind == other.ToKind;

    public int GetHashCode(RuleProbe alternate) => alternate.Hash;

    public RuleKey Create(RuleProbe alternate) =>
        new(alternate.FromKind, alternate.From.ToString(), alternate.What.ToString(), alternate.ToKind, alternate.To.ToString());
}
