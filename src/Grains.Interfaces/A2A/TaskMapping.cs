using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>A run as the protocol's task. One is the other: the same id, its conversation as the context, its artifacts, its sayings as messages.</summary>
internal static class TaskMapping
{
    /// <summary>The artifact that is an agent's answer.</summary>
    private const string Reply = "reply";

    private static readonly (RunState Run, AgentTaskState Task)[] States =
    [
        (RunState.Submitted, AgentTaskState.Submitted), (RunState.Working, AgentTaskState.Working), (RunState.InputRequired, AgentTaskState.InputRequired),
        (RunState.AuthRequired, AgentTaskState.AuthRequired), (RunState.Completed, AgentTaskState.Completed), (RunState.Failed, AgentTaskState.Failed),
        (RunState.Cancelled, AgentTaskState.Canceled), (RunState.Rejected, AgentTaskState.Rejected),
    ];

    public static AgentTaskState ToTask(this RunState state) => Array.Find(States, s => s.Run == state).Task;

    /// <summary>The state of runs; null for one that no run is in.</summary>
    public static RunState? ToRun(this AgentTaskState state) => Array.Find(States, s => s.Task == state) is { Task: not AgentTaskState.Unspecified } found ? found.Run : null;

    public static AgentTask ToTask(this RunSnapshot run) => new(
        run.Run,
        new AgentTaskStatus(run.State.ToTask(), run.Message is { ByOwner: false } said ? ToMessage(said, run.Run, run.Conversation) : null, run.At),
        run.Conversation,
        run.Artifacts.Count == 0 ? null : [.. run.Artifacts.Select(ToArtifact)],
        run.History.Count == 0 ? null : [.. run.History.Select(said => ToMessage(said, run.Run, run.Conversation))],
        WriteMetadata(run.Code, run.Progress));

    public static AgentMessage ToMessage(Saying said, string run, string conversation) =>
        new(said.Id, said.ByOwner ? AgentRole.User : AgentRole.Agent, said.Parts, conversation, run, said.Remarks?.Metadata, said.Remarks?.Extensions, said.Remarks?.References);

    public static TaskArtifact ToArtifact(Artifact artifact) => new(artifact.Id, Open(artifact), artifact.Name, artifact.Description);

    /// <summary>What the platform knows and the protocol has no member for; null for nothing.</summary>
    public static JsonElement? WriteMetadata(string? code, double? progress)
    {
        if (code is null && progress is null)
        {
            return null;
        }

        var metadata = new Dictionary<string, object>(StringComparer.Ordinal);
        if (code is not null)
        {
            metadata["code"] = code;
        }

        if (progress is { } done)
        {
            metadata["progress"] = done;
        }

        return JsonSerializer.SerializeToElement(metadata, PayloadJson.Options);
    }

    /// <summary>Of an agent that talks, what it says; of any other, what it made as it is.</summary>
    private static IReadOnlyList<Part> Open(Artifact artifact) =>
        artifact is { Id: Reply, Parts: [{ Data: { } data }] } && ReadSaid(data) is { } said ? said : artifact.Parts;

    /// <summary>The parts of an answer that is one of those of <c>chat.say</c>; null where it is another.</summary>
    private static IReadOnlyList<Part>? ReadSaid(JsonElement answer)
    {
        // One that repeats what it was said repeats the remarks, too.
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("parts", out var parts)
            || answer.GetPropertyCount() != (answer.TryGetProperty("remarks", out _) ? 2 : 1) || parts.ValueKind != JsonValueKind.Array || parts.GetArrayLength() == 0)
        {
            return null;
        }

        try
        {
            var read = parts.Deserialize<IReadOnlyList<Part>>(PayloadJson.Options)!;
            return read.All(part => part?.FindFault() is null && part is not null) ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
