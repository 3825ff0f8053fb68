using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansAgents.Contracts;

/// <summary>The kinds of JSON values that a schema takes.</summary>
internal static class SchemaTypes
{
    private static readonly string[] All = ["array", "boolean", "null", "number", "object", "string"];

    public static IReadOnlyList<string> Of(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(t => t!.ToString()).Order(StringComparer.Ordinal)],
        JsonValue one => [one.ToString()],
        // The exporter leaves the type out where it lists the values.
        _ when schema["enum"] is JsonArray values => [.. values.Select(Of).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        _ => All,
    };

    public static bool Takes(IReadOnlyList<string> types, string type) => types.Contains(type, StringComparer.Ordinal) || (type == "integer" && types.Contains("number", StringComparer.Ordinal));

    public static JsonNode ToJson(IReadOnlyList<string> types) => types.Count == 1
        ? JsonValue.Create(types[0])
        : ReferenceEquals(types, All) ? JsonValue.Create("any") : new JsonArray([.. types.Select(t => JsonValue.Create(t))]);

    private static string Of(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
