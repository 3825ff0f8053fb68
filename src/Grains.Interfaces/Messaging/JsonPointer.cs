using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace OrleansAgents.Messaging;

/// <summary>
/// JSON pointers (RFC 6901): empty for the whole value, or a slash before each step, in which <c>~1</c> stands for a slash
/// and <c>~0</c> for a tilde. An array is stepped into by a number without leading zeros.
/// </summary>
internal static class JsonPointer
{
    /// <summary>Behind the last item of an array.</summary>
    public const string End = "-";

    // No array has more items, and none of these numbers overflows.
    private const int MostDigits = 9;

    /// <summary>The steps of a pointer, unescaped; false for a text that is none.</summary>
    public static bool TryParse(string? pointer, [NotNullWhen(true)] out string[]? steps)
    {
        steps = pointer is null || (pointer.Length > 0 && pointer[0] != '/') || HasStrayTilde(pointer) ? null
            : pointer.Length == 0 ? []
            : Array.ConvertAll(pointer[1..].Split('/'), FieldReader.Unescape);
        return steps is not null;
    }

    /// <summary>The pointer that one step more makes.</summary>
    public static string Append(string pointer, string step) => $"{pointer}/{FieldReader.Escape(step)}";

    /// <summary>The pointer to an item.</summary>
    public static string Append(string pointer, int index) => string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}");

    /// <summary>The place of an item that a step names; false for a step that names none.</summary>
    public static bool TryReadIndex(string step, out int index)
    {
        index = 0;
        return step.Length is > 0 and <= MostDigits && (step.Length == 1 || step[0] != '0')
            && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    /// <summary>What a pointer leads to; null where there is nothing.</summary>
    public static JsonElement? Find(JsonElement element, string pointer) => TryParse(pointer, out var steps) ? Find(element, steps) : null;

    /// <summary>What the steps of a pointer lead to; null where there is nothing.</summary>
    public static JsonElement? Find(JsonElement element, string[] steps)
    {
        foreach (var step in steps)
        {
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(step, out var member))
            {
                element = member;
            }
            else if (element.ValueKind == JsonValueKind.Array && TryReadIndex(step, out var index) && index < element.GetArrayLength())
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

    private static bool HasStrayTilde(string pointer)
    {
        for (var at = pointer.IndexOf('~', StringComparison.Ordinal); at >= 0; at = pointer.IndexOf('~', at + 1))
        {
            if (at + 1 == pointer.Length || pointer[at + 1] is not ('0' or '1'))
            {
                return true;
            }
        }

        return false;
    }
}
