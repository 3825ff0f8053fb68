using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Blackboard;

/// <summary>JSON patches (RFC 6902) over values of System.Text.Json. Pure: what is given is never changed.</summary>
public static class JsonPatch
{
    /// <summary>
    /// The document that a patch makes of another: all of its operations in their order, or none. Numbers are compared by
    /// value, so 1 is 1.0; the members of the result stand in the order of their names.
    /// </summary>
    /// <param name="document">Any JSON value.</param>
    /// <param name="patch">The operations.</param>
    /// <param name="limits">How large the document may become; null for the defaults.</param>
    /// <exception cref="JsonPatchException">An operation does not apply; its index and its path say which.</exception>
    public static JsonElement Apply(JsonElement document, IReadOnlyList<JsonPatchOperation> patch, JsonPatchLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(patch);
        limits ??= JsonPatchLimits.Default;
        return JsonPatchRun.Apply(JsonTreeReader.Read(document, limits), patch, limits).ToElement();
    }

    /// <summary>A patch that makes <paramref name="to"/> of <paramref name="from"/>; empty where they are equal.</summary>
    /// <exception cref="JsonPatchException">A value nests too deep, has a member twice or half of a surrogate pair.</exception>
    public static IReadOnlyList<JsonPatchOperation> Between(JsonElement from, JsonElement to) => JsonDifference.Find(
        JsonTreeReader.Read(from, JsonPatchLimits.None), JsonTreeReader.Read(to, JsonPatchLimits.None), long.MaxValue);

    /// <summary>Reads a patch: a JSON array of operations.</summary>
    /// <exception cref="JsonException">The text is none.</exception>
    public static IReadOnlyList<JsonPatchOperation> Parse(string json) =>
        JsonSerializer.Deserialize<IReadOnlyList<JsonPatchOperation>>(json, PayloadJson.Options) is { } patch && !patch.Contains(null!)
            ? patch
            : throw new JsonException("A patch is an array of operations.");
}
