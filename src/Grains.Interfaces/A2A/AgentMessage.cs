using System.Text.Json;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>Who made a message. The numbers are the protocol's.</summary>
internal enum AgentRole
{
    /// <summary>Nobody said.</summary>
    Unspecified,

    /// <summary>The client.</summary>
    User,

    /// <summary>The server's agent.</summary>
    Agent,
}

/// <summary>What one side says to the other.</summary>
/// <param name="MessageId">The id that its maker gave it.</param>
/// <param name="Role">Who made it.</param>
/// <param name="Parts">What is said, one part or more.</param>
/// <param name="ContextId">The conversation that it belongs to; null or empty where its maker named none.</param>
/// <param name="TaskId">The task that it belongs to; null or empty for none.</param>
/// <param name="Metadata">What else its maker says of it, a JSON object; null for nothing.</param>
/// <param name="Extensions">The extensions that it makes use of, by their URI; null for none.</param>
/// <param name="ReferenceTaskIds">Other tasks that it speaks of; null for none.</param>
internal sealed record AgentMessage(
    string MessageId, AgentRole Role, IReadOnlyList<Part> Parts, string? ContextId = null, string? TaskId = null, JsonElement? Metadata = null,
    IReadOnlyList<string>? Extensions = null, IReadOnlyList<string>? ReferenceTaskIds = null);
