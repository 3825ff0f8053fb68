using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansAgents.Contracts;

/// <summary>The rules about a value itself.</summary>
internal static class SchemaBounds
{
    private static readonly string[] Least = ["minLength", "minItems", "minProperties"];
    private static readonly string[] Most = ["maxLength", "maxItems", "maxProperties"];
    private static readonly string[] Exact = ["pattern", "format", "multipleOf", "const"];

    /// <summary>The rules by which the reader takes less than the sender may send.</summary>
    public static IEnumerable<(string Rule, JsonNode? Sent, JsonNode? Read)> FindNarrower(JsonObject sent, JsonObject read)
    {
        foreach (var rule in Least.Where(r => Number(read[r]) > (Number(sent[r]) ?? 0)))
        {
            yield return (rule, sent[rule], read[rule]);
        }

        foreach (var rule in Most.Where(r => Number(read[r]) is { } most && !(Number(sent[r]) <= most)))
        {
            yield return (rule, sent[rule], read[rule]);
        }

        foreach (var rule in Exact.Where(r => read[r] is not null && !JsonNode.DeepEquals(read[r], sent[r])))
        {
            yield return (rule, sent[rule], read[rule]);
        }

        if (IsTrue(read["uniqueItems"]) && !IsTrue(sent["uniqueItems"]))
        {
            yield return ("uniqueItems", sent["uniqueItems"], read["uniqueItems"]);
        }

        if (read["enum"] is JsonArray taken && !Values(sent).All(v => taken.Any(t => JsonNode.DeepEquals(t, v))))
        {
            yield return ("enum", sent["enum"], taken);
        }

        if (IsTighter(Bound(sent, "minimum", "exclusiveMinimum", 1), Bound(read, "minimum", "exclusiveMinimum", 1)))
        {
            yield return Range(sent, read, "minimum", "exclusiveMinimum");
        }

        if (IsTighter(Bound(sent, "maximum", "exclusiveMaximum", -1), Bound(read, "maximum", "exclusiveMaximum", -1)))
        {
            yield return Range(sent, read, "maximum", "exclusiveMaximum");
        }
    }

    // A sender with no list may send anything, which no list holds.
    private static IEnumerable<JsonNode?> Values(JsonObject schema) =>
        schema["enum"] as JsonArray ?? (IEnumerable<JsonNode?>)[schema["const"] ?? new JsonObject()];

    private static (string, JsonNode?, JsonNode?) Range(JsonObject sent, JsonObject read, string inclusive, string exclusive) =>
        (read[exclusive] is null ? inclusive : exclusive, sent[inclusive] ?? sent[exclusive], read[inclusive] ?? read[exclusive]);

    /// <summary>A bound, turned so that more is tighter, and whether it is itself outside; null for none.</summary>
    private static (decimal Value, bool Exclusive)? Bound(JsonObject schema, string inclusive, string exclusive, int sign)
    {
        var (with, without) = (Number(schema[inclusive]) * sign, Number(schema[exclusive]) * sign);
        return without is { } open && !(with > open) ? (open, true) : with is { } closed ? (closed, false) : null;
    }

    private static bool IsTighter((decimal Value, bool Exclusive)? sent, (decimal Value, bool Exclusive)? read) => read is { } bound
        && (sent is not { } given || bound.Value > given.Value || (bound.Value == given.Value && bound.Exclusive && !given.Exclusive));

    private static bool IsTrue(JsonNode? node) => node?.GetValueKind() == JsonValueKind.True;

    private static decimal? Number(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && decimal.TryParse(
        value.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number)
        ? number
        : null;
}
