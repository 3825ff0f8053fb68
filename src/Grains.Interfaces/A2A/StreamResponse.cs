using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansAgents.A2A;

/// <summary>One event of a stream, and the body of a push notification: exactly one of its members.</summary>
/// <param name="Task">The task as it stands; a stream about a task begins with it.</param>
/// <param name="Message">All that an agent has to say, where it makes no task of it.</param>
/// <param name="StatusUpdate">The task came into a state.</param>
/// <param name="ArtifactUpdate">The task made something.</param>
internal sealed record StreamResponse(
    AgentTask? Task = null, AgentMessage? Message = null, TaskStatusUpdate? StatusUpdate = null, TaskArtifactUpdate? ArtifactUpdate = null);

/// <summary>A task came into a state.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="ContextId">The conversation that it belongs to.</param>
/// <param name="Status">Where it stands now.</param>
/// <param name="Metadata">What else the server says of it, a JSON object; null for nothing.</param>
internal sealed record TaskStatusUpdate(string TaskId, string ContextId, AgentTaskStatus Status, JsonElement? Metadata = null);

/// <summary>A task made something, or more of it.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="ContextId">The conversation that it belongs to.</param>
/// <param name="Artifact">What it made.</param>
/// <param name="Append">Whether the parts go behind those that the artifact has; else the artifact is new, or takes the place of what it was.</param>
/// <param name="LastChunk">Whether nothing more will be appended.</param>
/// <param name="Metadata">What else the server says of it, a JSON object; null for nothing.</param>
internal sealed record TaskArtifactUpdate(
    string TaskId, string ContextId, TaskArtifact Artifact,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Append = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool LastChunk = false,
    JsonElement? Metadata = null);
