using System.Text.Json.Serialization;

namespace OrleansAgents.Messaging;

/// <summary>What became of a message.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Outcome>))]
public enum Outcome
{
    /// <summary>Handled, and committed where the agent is durable.</summary>
    [JsonStringEnumMemberName("accepted")] Accepted,
    /// <summary>Handled before; this copy changed nothing.</summary>
    [JsonStringEnumMemberName("duplicate")] Duplicate,
    /// <summary>Not handled, for the reason given; nothing was changed.</summary>
    [JsonStringEnumMemberName("refused")] Refused,
    /// <summary>The handler failed; nothing was changed.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
}

/// <summary>What a sender learns of a message it told or published.</summary>
/// <param name="Id">The message.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Refusal">Why it was refused or failed; null otherwise.</param>
public sealed record Receipt(MessageId Id, Outcome Outcome, Refusal? Refusal = null)
{
    /// <summary>True when the message's effect is there: accepted now or before.</summary>
    public bool IsAccepted => Outcome is Outcome.Accepted or Outcome.Duplicate;
}
