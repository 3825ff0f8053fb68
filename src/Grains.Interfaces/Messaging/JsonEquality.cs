using System.Runtime.InteropServices;
using System.Text.Json;

namespace OrleansAgents.Messaging;

/// <summary>
/// Whether two JSON values are equal: objects whatever the order of their members, numbers by value. A number such as
/// 1e99999999999, which no number type holds, is compared like any other.
/// </summary>
internal static class JsonEquality
{
    public static bool AreEqual(JsonElement left, JsonElement right)
    {
        try
        {
            return Compare(left, right);
        }
        catch (InvalidOperationException)
        {
            // A text with half of a surrogate pair, which no text of .NET can hold, is equal to none.
            return false;
        }
    }

    private static bool Compare(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind)
        {
            return false;
        }

        return left.ValueKind switch
        {
            JsonValueKind.Number => JsonNumber.AreEqual(JsonMarshal.GetRawUtf8Value(left), JsonMarshal.GetRawUtf8Value(right)),
            JsonValueKind.Array => HasEqualItems(left, right),
            JsonValueKind.Object => HasEqualMembers(left, right),
            _ => JsonElement.DeepEquals(left, right),
        };
    }

    private static bool HasEqualItems(JsonElement left, JsonElement right)
    {
        if (left.GetArrayLength() != right.GetArrayLength())
        {
            return false;
        }

        var others = right.EnumerateArray();
        foreach (var item in left.EnumerateArray())
        {
            if (!others.MoveNext() || !Compare(item, others.Current))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasEqualMembers(JsonElement left, JsonElement right)
    {
        if (left.GetPropertyCount() != right.GetPropertyCount())
        {
            return false;
        }

        // Looking each up in the other would take the square of their number.
        var others = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in right.EnumerateObject())
        {
            others[member.Name] = member.Value;
        }

        foreach (var member in left.EnumerateObject())
        {
            if (!others.TryGetValue(member.Name, out var other) || !Compare(member.Value, other))
            {
                return false;
            }
        }

        return true;
    }
}
