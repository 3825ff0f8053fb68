using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>
/// The least that a JSON Schema allows: required members alone, the shortest texts and lists, the number nearest to zero.
/// Patterns, formats and combinations that exclude one another are beyond it.
/// </summary>
internal static class MinimalInstance
{
    private const int Deepest = 32;

    public static JsonNode? Of(JsonElement schema) => JsonNode.Parse(schema.GetRawText()) is { } root ? Make(root, root, 0) : null;

    private static JsonNode? Make(JsonNode? node, JsonNode root, int depth)
    {
        if (node is not JsonObject schema || depth > Deepest)
        {
            return null;
        }

        if (schema["$ref"] is JsonValue reference && SchemaPointer.Find(root, (string)reference!) is { } target)
        {
            return Make(target, root, depth + 1);
        }

        if (schema.TryGetPropertyValue("const", out var constant))
        {
            return constant?.DeepClone();
        }

        if (schema["enum"] is JsonArray { Count: > 0 } values)
        {
            return values[0]?.DeepClone();
        }

        return ((schema["anyOf"] ?? schema["oneOf"]) as JsonArray)?.FirstOrDefault() is { } branch
            ? Join(Make(branch, root, depth + 1), schema, root, depth)
            : TypeOf(schema) switch
            {
                "object" => Join(null, schema, root, depth),
                "array" => new JsonArray([.. Enumerable.Range(0, Whole(schema, "minItems")).Select(_ => Make(schema["items"], root, depth + 1))]),
                "string" => JsonValue.Create(new string('x', Whole(schema, "minLength"))),
                "integer" => JsonValue.Create((long)Number(schema, step: 1)),
                "number" => JsonValue.Create(Number(schema, step: 0.5m)),
                "boolean" => JsonValue.Create(false),
                _ => null,
            };
    }

    /// <summary>The type; of several the first that is not null. Members alone make an object.</summary>
    private static string? TypeOf(JsonObject schema) => schema["type"] switch
    {
        JsonValue type => (string)type!,
        JsonArray types => types.Select(t => (string?)t).OrderBy(t => t == "null").FirstOrDefault(),
        _ => schema.ContainsKey("properties") || schema.ContainsKey("required") ? "object" : null,
    };

    private static JsonNode? Join(JsonNode? made, JsonObject schema, JsonNode root, int depth)
    {
        if (made is not (null or JsonObject) || TypeOf(schema) is not (null or "object"))
        {
            return made;
        }

        if (made is null && TypeOf(schema) is null)
        {
            return null;
        }

        var instance = made as JsonObject ?? [];
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(n => (string)n!))
        {
            instance[name] = Make(schema["properties"]?[name], root, depth + 1);
        }

        return instance;
    }

    private static int Whole(JsonObject schema, string rule) => schema[rule] is JsonValue value ? Math.Clamp((int)Math.Ceiling(ToDecimal(value)), 0, 10_000) : 0;

    private static decimal Number(JsonObject schema, decimal step)
    {
        var low = schema["minimum"] is JsonValue minimum ? ToDecimal(minimum)
            : schema["exclusiveMinimum"] is JsonValue above ? ToDecimal(above) + step
            : (decimal?)null;
        var high = schema["maximum"] is JsonValue maximum ? ToDecimal(maximum)
            : schema["exclusiveMaximum"] is JsonValue below ? ToDecimal(below) - step
            : (decimal?)null;
        var number = low > 0 ? low.Value : high < 0 ? high.Value : 0;
        return step == 1 ? Math.Ceiling(number) : number;
    }

    private static decimal ToDecimal(JsonValue value) => decimal.TryParse(
        value.ToJsonString(), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;
}
