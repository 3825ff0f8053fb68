using System.Text.Json;

namespace OrleansAgents.A2A;

/// <summary>Reads a task.</summary>
/// <param name="Id">The task.</param>
/// <param name="HistoryLength">How many of the latest messages are wanted, 0 for none; null where the client does not care.</param>
/// <param name="Tenant">Which of the agents behind the interface is meant; null or empty where the client names none.</param>
internal sealed record GetTaskRequest(string Id, int? HistoryLength = null, string? Tenant = null);

/// <summary>Lists the client's own tasks, those first whose status changed last.</summary>
/// <param name="ContextId">Only those of a conversation; null or empty for all.</param>
/// <param name="Status">Only those in a state; null or unspecified for all.</param>
/// <param name="PageSize">At most that many, 1 to 100; null for 50.</param>
/// <param name="PageToken">The <see cref="ListTasksResponse.NextPageToken"/> of the page before; null or empty for the first.</param>
/// <param name="HistoryLength">How many of the latest messages each may have, 0 for none; null where the client does not care.</param>
/// <param name="StatusTimestampAfter">Only those whose status is of this time or later; null for all.</param>
/// <param name="IncludeArtifacts">Whether artifacts are wanted; null for no.</param>
/// <param name="Tenant">Which of the agents behind the interface is meant; null or empty where the client names none.</param>
internal sealed record ListTasksRequest(
    string? ContextId = null, AgentTaskState? Status = null, int? PageSize = null, string? PageToken = null, int? HistoryLength = null,
    DateTimeOffset? StatusTimestampAfter = null, bool? IncludeArtifacts = null, string? Tenant = null);

/// <summary>Some of the client's tasks.</summary>
/// <param name="Tasks">The tasks.</param>
/// <param name="NextPageToken">What to ask for the next page with; empty where there is none.</param>
/// <param name="PageSize">The most that a page holds.</param>
/// <param name="TotalSize">How many there are on all pages.</param>
internal sealed record ListTasksResponse(IReadOnlyList<AgentTask> Tasks, string NextPageToken, int PageSize, int TotalSize);

/// <summary>Cancels a task.</summary>
/// <param name="Id">The task.</param>
/// <param name="Metadata">What else the client says of the request, a JSON object; null for nothing.</param>
/// <param name="Tenant">Which of the agents behind the interface is meant; null or empty where the client names none.</param>
internal sealed record CancelTaskRequest(string Id, JsonElement? Metadata = null, string? Tenant = null);

/// <summary>What the body of a cancelling by HTTP holds, the path having the rest.</summary>
/// <param name="Metadata">What else the client says of the request, a JSON object; null for nothing.</param>
/// <param name="Tenant">Which of the agents behind the interface is meant; null or empty where the client names none.</param>
internal sealed record CancelBody(JsonElement? Metadata = null, string? Tenant = null);

/// <summary>Follows a task from how it stands on.</summary>
/// <param name="Id">The task.</param>
/// <param name="Tenant">Which of the agents behind the interface is meant; null or empty where the client names none.</param>
internal sealed record SubscribeToTaskRequest(string Id, string? Tenant = null);

/// <summary>Reads the card that only who has shown a key may see.</summary>
/// <param name="Tenant">Which of the agents behind the interface is meant; null or empty where the client names none.</param>
internal sealed record GetExtendedAgentCardRequest(string? Tenant = null);
