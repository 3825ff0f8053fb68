using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>Selects events by fields of their payloads: each JSON pointer (RFC 6901) must lead to an equal value.</summary>
internal static class PayloadFilter
{
    /// <exception cref="AgentRefusedException">A name is no JSON pointer.</exception>
    public static Dictionary<string, JsonElement>? Check(IReadOnlyDictionary<string, JsonElement>? filter)
    {
        if (filter is null or { Count: 0 })
        {
            return null;
        }

        foreach (var pointer in filter.Keys)
        {
            if (!pointer.StartsWith('/'))
            {
                throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"The filter's '{pointer}' is no JSON pointer; write '/{pointer}'.");
            }
        }

        return filter.ToDictionary(f => f.Key, f => f.Value.Clone(), StringComparer.Ordinal);
    }

    public static bool Matches(Dictionary<string, JsonElement> filter, JsonElement payload)
    {
        foreach (var (pointer, expected) in filter)
        {
            if (JsonPointer.Find(payload, pointer) is not { } found || !IsEqual(found, expected))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsEqual(JsonElement found, JsonElement expected)
    {
        try
        {
            return JsonElement.DeepEquals(found, expected);
        }
        catch (ArgumentOutOfRangeException)
        {
            // A number such as 1e99999999999, which nobody can compare, is equal to none.
            return false;
        }
    }
}
