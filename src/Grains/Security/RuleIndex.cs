using OrleansAgents.Agents;

namespace OrleansAgents.Security;

/// <summary>
/// Rules of one action and effect, found by hashing: one table for each combination of pattern shapes that occurs (tuple
/// space search), so that what a decision costs depends on those and not on how many rules there are. It is filled first
/// and only read afterwards.
/// </summary>
internal sealed class RuleIndex
{
    private readonly List<PatternShape> _froms = [], _whats = [], _tos = [];
    private readonly List<RuleTable> _tables = [];

    /// <summary>Takes a rule in. Of two that match just the same, the first stays.</summary>
    public void Add(AccessPattern from, AccessPattern what, AccessPattern to, PolicyRule rule)
    {
        var shapes = new RuleShapes(IndexOf(_froms, from.Shape), IndexOf(_whats, what.Shape), IndexOf(_tos, to.Shape));
        var table = _tables.Find(t => t.Shapes == shapes);
        if (table is null)
        {
            _tables.Add(table = new RuleTable(shapes));
        }

        table.Add(new RuleKey(from.Kind, from.Text, what.Text, to.Kind, to.Text), rule);
    }

    /// <summary>A rule that matches; null for none.</summary>
    public PolicyRule? Find(AgentId from, string what, AgentId to)
    {
        if (_tables.Count == 0)
        {
            return null;
        }

        var (whats, tos) = (_froms.Count, _froms.Count + _whats.Count);
        var count = tos + _tos.Count;
        // 260 for each part at most: any, exact, by level, and as many prefixes as a text has characters.
        Span<Cut> cuts = stackalloc Cut[count];
        Prepare(_froms, from.Kind, from.Key, cuts);
        Prepare(_whats, "", what, cuts[whats..]);
        Prepare(_tos, to.Kind, to.Key, cuts[tos..]);
        foreach (var table in _tables)
        {
            var shapes = table.Shapes;
            ref readonly var f = ref cuts[shapes.From];
            ref readonly var w = ref cuts[whats + shapes.What];
            ref readonly var t = ref cuts[tos + shapes.To];
            if ((f.Length | w.Length | t.Length) < 0)
            {
                continue;
            }

            var probe = new RuleProbe
            {
                FromKind = f.IsAny ? "" : from.Kind,
                From = from.Key.AsSpan(0, f.Length),
                What = what.AsSpan(0, w.Length),
                ToKind = t.IsAny ? "" : to.Kind,
                To = to.Key.AsSpan(0, t.Length),
                Hash = HashCode.Combine(f.Hash, w.Hash, t.Hash),
            };
            if (table.Find(probe) is { } rule)
            {
                return rule;
            }
        }

        return null;
    }

    private static int IndexOf(List<PatternShape> shapes, PatternShape shape)
    {
        var at = shapes.IndexOf(shape);
        if (at < 0)
        {
            at = shapes.Count;
            shapes.Add(shape);
        }

        return at;
    }

    /// <summary>Hashes a part of the message once for each shape, and not for each table.</summary>
    private static void Prepare(List<PatternShape> shapes, string kind, string text, Span<Cut> cuts)
    {
        for (var i = 0; i < shapes.Count; i++)
        {
            var isAny = shapes[i].Form == PatternForm.Any;
            var length = shapes[i].Cut(text);
            cuts[i] = new Cut(length, length < 0 ? 0 : RuleKeys.Hash(isAny ? "" : kind, text.AsSpan(0, length)), isAny);
        }
    }

    private readonly record struct Cut(int Length, int Hash, bool IsAny);
}
