using System.Text.Json.Serialization;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <summary>
/// Says something to an agent that talks, and is answered with what it says. The one contract of everything that holds a
/// conversation: agents that think with a model, agents elsewhere that speak A2A, and whoever calls those of this cluster by
/// A2A without naming a contract.
/// </summary>
/// <param name="Parts">What is said; at least one part.</param>
/// <param name="Remarks">What its maker says of it beside that; null for nothing.</param>
[Contract("chat.say")]
public sealed record ChatSay(
    IReadOnlyList<Part> Parts, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Remarks? Remarks = null) : IRequest<ChatSaid>
{
    /// <summary>A text.</summary>
    public static ChatSay Of(string text) => new([Part.Of(text)]);
}

/// <summary>What an agent that talks answers.</summary>
/// <param name="Parts">What it says.</param>
public sealed record ChatSaid(IReadOnlyList<Part> Parts)
{
    /// <summary>Its texts, one behind the other; empty where there are none.</summary>
    [JsonIgnore]
    public string Text => string.Concat(Parts.Select(p => p.Text));
}
