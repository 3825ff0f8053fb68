using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Blackboard;

/// <summary>Reads what may go into a document.</summary>
internal static class JsonTreeReader
{
    /// <exception cref="JsonPatchException">The value nests too deep, has a member twice, half of a surrogate pair or a number that may not be.</exception>
    public static JsonTree Read(JsonElement element, JsonPatchLimits limits)
    {
        try
        {
            return Read(element, limits, Math.Min(limits.Depth, PayloadJson.MaxDepth));
        }
        catch (Exception e) when (e is InvalidOperationException or CanonicalJsonException)
        {
            throw new JsonPatchException(RefusalCodes.MalformedJson, "A text has half of a surrogate pair.");
        }
    }

    private static JsonTree Read(JsonElement element, JsonPatchLimits limits, int depth) => element.ValueKind switch
    {
        JsonValueKind.Object => depth > 0 ? ReadMembers(element, limits, depth - 1) : throw TooDeep(limits),
        JsonValueKind.Array => depth > 0 ? JsonItems.Of(element.EnumerateArray().Select(item => Read(item, limits, depth - 1))) : throw TooDeep(limits),
        JsonValueKind.String => JsonLeaf.Text(element.GetString()!),
        JsonValueKind.Number => ReadNumber(element, limits),
        JsonValueKind.True => JsonLeaf.True,
        JsonValueKind.False => JsonLeaf.False,
        JsonValueKind.Null => JsonLeaf.Null,
        _ => throw new JsonPatchException(RefusalCodes.MissingField, "There is no value."),
    };

    public static JsonPatchException TooDeep(JsonPatchLimits limits) =>
        new(RefusalCodes.TooDeep, $"The document would nest deeper than {limits.Depth} levels.");

    private static JsonMembers ReadMembers(JsonElement element, JsonPatchLimits limits, int depth)
    {
        var members = new Dictionary<string, JsonTree>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (!members.TryAdd(member.Name, Read(member.Value, limits, depth)))
            {
                throw new JsonPatchException(RefusalCodes.DuplicateField, "A member stands twice.");
            }
        }

        return JsonMembers.Of(members);
    }

    private static JsonLeaf ReadNumber(JsonElement element, JsonPatchLimits limits)
    {
        var number = JsonLeaf.Number(JsonMarshal.GetRawUtf8Value(element), out var isCanonical);
        return isCanonical || !limits.CanonicalNumbers
            ? number
            : throw new JsonPatchException(RefusalCodes.BadNumber, "A number has more digits, or is larger, than a double holds.");
    }
}
