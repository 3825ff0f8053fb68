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
            // An empty pointer, which names the whole payload, has always been taken for a forgotten slash.
            if (!pointer.StartsWith('/') || !JsonPointer.TryParse(pointer, out _))
            {
                var hint = pointer.StartsWith('/') ? "write ~0 for a tilde and ~1 for a slash" : $"write '/{pointer}'";
                throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"The filter's '{pointer}' is no JSON pointer; {hint}.");
            }
        }

        return filter.ToDictionary(f => f.Key, f => f.Value.Clone(), StringComparer.Ordinal);
    }

    public static bool Matches(Dictionary<string, JsonElement> filter, JsonElement payload)
    {
        foreach (var (pointer, expected) in filter)
        {
            if (JsonPointer.Find(payload, pointer) is not { } found || !JsonEquality.AreEqual(found, expected))
            {
                return false;
            }
        }

        return true;
    }
}
