using System.Text.Json;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>Where a task stands. The numbers are the protocol's.</summary>
internal enum AgentTaskState
{
    /// <summary>Nobody said.</summary>
    Unspecified,

    /// <summary>It is taken on.</summary>
    Submitted,

    /// <summary>The agent works on it.</summary>
    Working,

    /// <summary>It is done; final.</summary>
    Completed,

    /// <summary>It ended with an error; final.</summary>
    Failed,

    /// <summary>It was cancelled; final.</summary>
    Canceled,

    /// <summary>The agent waits for the client to say something.</summary>
    InputRequired,

    /// <summary>The agent would not have it; final.</summary>
    Rejected,

    /// <summary>The agent waits for the client to show or grant a right.</summary>
    AuthRequired,
}

/// <summary>Something that a server's agent does, and that outlives the call.</summary>
/// <param name="Id">Its id, which the server gave it.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="ContextId">The conversation that it belongs to; null for none.</param>
/// <param name="Artifacts">What it made so far; null for nothing, and where nobody asked.</param>
/// <param name="History">What was said, in order; null for nothing, and where nobody asked.</param>
/// <param name="Metadata">What else the server says of it, a JSON object; null for nothing.</param>
internal sealed record AgentTask(
    string Id, AgentTaskStatus Status, string? ContextId = null, IReadOnlyList<TaskArtifact>? Artifacts = null, IReadOnlyList<AgentMessage>? History = null,
    JsonElement? Metadata = null);

/// <summary>Where a task stands, and since when.</summary>
/// <param name="State">The state.</param>
/// <param name="Message">What the agent says with it; null for nothing.</param>
/// <param name="Timestamp">When it came into the state; null where nobody said.</param>
internal sealed record AgentTaskStatus(AgentTaskState State, AgentMessage? Message = null, DateTimeOffset? Timestamp = null);

/// <summary>Something that a task made.</summary>
/// <param name="ArtifactId">Its id within the task.</param>
/// <param name="Parts">What, one part or more.</param>
/// <param name="Name">What people call it; null for nothing.</param>
/// <param name="Description">What it is; null for nothing.</param>
/// <param name="Metadata">What else its maker says of it, a JSON object; null for nothing.</param>
/// <param name="Extensions">The extensions that it makes use of, by their URI; null for none.</param>
internal sealed record TaskArtifact(
    string ArtifactId, IReadOnlyList<Part> Parts, string? Name = null, string? Description = null, JsonElement? Metadata = null,
    IReadOnlyList<string>? Extensions = null);

/// <summary>What can be said of states.</summary>
internal static class AgentTaskStates
{
    /// <summary>Whether nothing more happens to the task.</summary>
    public static bool IsFinal(this AgentTaskState state) =>
        state is AgentTaskState.Completed or AgentTaskState.Failed or AgentTaskState.Canceled or AgentTaskState.Rejected;

    /// <summary>Whether the task waits for the client.</summary>
    public static bool IsInterrupted(this AgentTaskState state) => state is AgentTaskState.InputRequired or AgentTaskState.AuthRequired;
}
