using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansAgents.Messaging;

namespace OrleansAgents.Negotiation;

/// <summary>
/// Bargains without the initiator, where the scoring is by one field. Everybody but the best is asked to better the best
/// value by a part of it; with a target the best is asked for that, and nobody for more. It is over when no round is left,
/// when a round changed no offer, and when the target is reached.
/// </summary>
internal static class CounterRule
{
    /// <summary>The counter-offers of the next round; none when the bargaining is over.</summary>
    /// <param name="run">The negotiation.</param>
    /// <param name="ranked">Whose offers stand, best first.</param>
    public static IReadOnlyList<CounterTo> Find(NegotiationRun run, IReadOnlyList<Bidder> ranked)
    {
        var options = run.Options;
        if (run.Round >= options.Rounds || run.Scoring.Terms is not [var term] || (run.Round > 0 && !run.HasMoved)
            || JsonPointer.Find(ranked[0].Offer!.Value, term.Pointer) is not { } field)
        {
            return [];
        }

        var (best, more) = (field.GetDouble(), term.Weight > 0);
        if (options.Target is { } target && (more ? best >= target : best <= target))
        {
            return [];
        }

        var counters = new List<CounterTo>();
        if (options.Target is { } wanted && ToOffer(term.Pointer, wanted) is { } toBest)
        {
            counters.Add(new CounterTo(ranked[0].Agent, toBest));
        }

        var better = Better(best, more, options.CounterBy, options.Target);
        if (better != best && ToOffer(term.Pointer, better) is { } toOthers)
        {
            counters.AddRange(ranked.Skip(1).Select(b => new CounterTo(b.Agent, toOthers)));
        }

        return counters;
    }

    private static double Better(double best, bool more, double by, double? target)
    {
        var asked = Step(best, more, by);
        return target is not { } limit ? asked : more ? Math.Min(asked, limit) : Math.Max(asked, limit);
    }

    private static double Step(double best, bool more, double by)
    {
        var sign = more ? 1 : -1;
        // In decimals where they reach, so that nine less a twentieth is 8.55 and no fraction near it.
        return Math.Abs(best) is > 1e-9 and < 1e15
            ? (double)((decimal)best + (sign * Math.Abs((decimal)best) * (decimal)by))
            : best + (sign * Math.Abs(best) * by);
    }

    /// <summary>An object with one field; null where the number is none, or the field is in a list.</summary>
    private static JsonElement? ToOffer(string pointer, double value)
    {
        var names = JsonPointer.TryParse(pointer, out var steps) ? steps : [];
        if (!double.IsFinite(value) || names.Any(n => n.Length > 0 && n.All(char.IsAsciiDigit)))
        {
            return null;
        }

        JsonNode node = JsonValue.Create(value);
        foreach (var name in names.Reverse())
        {
            node = new JsonObject { [name] = node };
        }

        return JsonSerializer.SerializeToElement(node, PayloadJson.Options);
    }
}
