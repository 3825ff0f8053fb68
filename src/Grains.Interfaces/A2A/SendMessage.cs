using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansAgents.A2A;

/// <summary>Says something to an agent.</summary>
/// <param name="Message">What.</param>
/// <param name="Configuration">How it is to be answered; null for the usual.</param>
/// <param name="Metadata">What else the client says of the request, a JSON object; null for nothing.</param>
/// <param name="Tenant">Which of the agents behind the interface is meant; null or empty where the client names none.</param>
internal sealed record SendMessageRequest(
    AgentMessage Message, SendMessageConfiguration? Configuration = null, JsonElement? Metadata = null, string? Tenant = null);

/// <summary>How a message is to be answered.</summary>
/// <param name="AcceptedOutputModes">The media types that the client can do something with; null for any.</param>
/// <param name="TaskPushNotificationConfig">Where the task's changes are to be posted; null for nowhere.</param>
/// <param name="HistoryLength">How many of the latest messages the answer may have, 0 for none; null where the client does not care.</param>
/// <param name="ReturnImmediately">Whether the answer comes once the task exists; else when it is final or waits for the client.</param>
internal sealed record SendMessageConfiguration(
    IReadOnlyList<string>? AcceptedOutputModes = null, PushConfig? TaskPushNotificationConfig = null, int? HistoryLength = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool ReturnImmediately = false);

/// <summary>The answer to a message: exactly one of its members.</summary>
/// <param name="Task">The task that the message began or went on with.</param>
/// <param name="Message">What the agent has to say, where it makes no task of it.</param>
internal sealed record SendMessageResponse(AgentTask? Task = null, AgentMessage? Message = null);
