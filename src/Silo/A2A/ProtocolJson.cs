using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>Reads the protocol's records, and says of faulty JSON where it is faulty and nothing of how it is read.</summary>
internal static partial class ProtocolJson
{
    /// <exception cref="A2AException">It is no such record.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string whole)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw A2AException.Invalid(whole, "It is null.");
        }
        catch (JsonException e)
        {
            throw A2AException.Invalid(e.Path is { Length: > 2 } path ? path[2..] : whole, Describe(e));
        }
    }

    private static string Describe(JsonException fault)
    {
        var message = fault.Message;
        if (Missing().Match(message) is { Success: true } missing)
        {
            return $"{missing.Groups["names"].Value} is missing.";
        }

        // What the library says itself holds the place, and often a type of ours.
        var isOurs = !message.Contains("Path: ", StringComparison.Ordinal) && !message.Contains("OrleansAgents", StringComparison.Ordinal) && fault.InnerException is null;
        return isOurs ? message
            : message.Contains("depth", StringComparison.Ordinal) ? $"It is nested deeper than {PayloadJson.MaxDepth}."
            : message.Contains("Duplicate", StringComparison.OrdinalIgnoreCase) ? "A member is there twice."
            : fault.InnerException is JsonException ? "It is no JSON."
            : "It is not of the kind that the protocol has here.";
    }

    [GeneratedRegex("missing required properties including: (?<names>'[^.]+')", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Missing();
}
