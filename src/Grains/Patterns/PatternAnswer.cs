using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>What one agent answered, as patterns look at it: its JSON, or why there is none.</summary>
internal readonly record struct PatternAnswer(JsonElement? Json, Refusal? Refusal)
{
    private const string Unreadable = "reply.unreadable";

    /// <summary>Whether it was handled, also where nobody can read the reply.</summary>
    public bool IsGiven => Refusal is null or { Code: Unreadable };

    /// <summary>Whether it may have been done all the same.</summary>
    public bool IsUnknown => Refusal?.Code is RefusalCodes.DeadlineExceeded or RefusalCodes.Expired or RefusalCodes.Cancelled
        or RefusalCodes.Unreachable or RefusalCodes.ActivationFailed or Unreadable;

    /// <summary>Whether the same may succeed later: nobody said no.</summary>
    public bool CanRepeat => (IsUnknown && !IsGiven) || Refusal?.Code is RefusalCodes.HandlerFailed;

    public static PatternAnswer Of(Answers answers)
    {
        var answer = answers.Single;
        if (answer.Refusal is { } refusal)
        {
            return new(null, refusal);
        }

        try
        {
            return new(answer.ReadJson() is { } json ? JsonElement.Parse(json) : null, null);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return new(null, new Refusal(Unreadable, $"The reply of {answer.Agent} is no JSON ({e.GetType().Name})."));
        }
    }

    /// <summary>The reply as a type; null where it is none, or does not fit.</summary>
    public T? TryRead<T>()
        where T : class
    {
        try
        {
            return Json?.Deserialize((System.Text.Json.Serialization.Metadata.JsonTypeInfo<T>)PayloadJson.Options.GetTypeInfo(typeof(T)));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
