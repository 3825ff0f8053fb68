using System.Globalization;
using System.Text.Json;

namespace OrleansAgents.Messaging;

/// <summary>Follows JSON pointers (RFC 6901).</summary>
internal static class JsonPointer
{
    /// <summary>What a pointer that begins with a slash leads to; null when there is nothing.</summary>
    public static JsonElement? Find(JsonElement element, string pointer)
    {
        foreach (var name in Names(pointer))
        {
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member))
            {
                element = member;
            }
            else if (element.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < element.GetArrayLength())
            {
                element = element[index];
            }
            else
            {
                return null;
            }
        }

        return element;
    }

    /// <summary>The names that a pointer is made of.</summary>
    public static IEnumerable<string> Names(string pointer) =>
        pointer.Split('/').Skip(1).Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
}
