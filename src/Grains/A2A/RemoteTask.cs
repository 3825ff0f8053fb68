using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>
/// A task elsewhere, as far as its events have told, and what each of them is to a run that mirrors it. An event that comes
/// again, as they do when a stream is opened again, changes nothing.
/// </summary>
/// <param name="id">The task's id.</param>
internal sealed class RemoteTask(string id)
{
    private readonly OrderedDictionary<string, GrowingArtifact> _artifacts = new(StringComparer.Ordinal);
    private string? _lastSaid;

    public string Id { get; } = id;

    /// <summary>Where it stands; unspecified before its first event.</summary>
    public AgentTaskState State { get; private set; }

    /// <summary>What its agent said with the state; null for nothing.</summary>
    public AgentMessage? Message { get; private set; }

    /// <summary>Why it failed, as a platform of our kind says it; null where nobody said.</summary>
    public string? Code { get; private set; }

    /// <summary>Whether there is no more to be expected before somebody says something.</summary>
    public bool IsAtRest => State.IsFinal() || State == AgentTaskState.InputRequired;

    /// <summary>All that it made.</summary>
    public IReadOnlyList<Artifact> Artifacts => [.. _artifacts.Select(a => a.Value.ToArtifact(a.Key))];

    /// <summary>Takes an event, and gives what a run that mirrors the task reports for it. What ends the run, or asks its owner, is not among it.</summary>
    /// <param name="one">The event.</param>
    /// <param name="host">What the other side is called in errors.</param>
    /// <exception cref="RemoteException">It is about another task.</exception>
    public IEnumerable<RunReport> Take(StreamResponse one, string host)
    {
        var about = one.Task?.Id ?? one.StatusUpdate?.TaskId ?? one.ArtifactUpdate?.TaskId;
        if (about != Id)
        {
            throw RemoteException.Broken(host, "an event is about another task.");
        }

        return one switch
        {
            { Task: { } task } => [.. (task.Artifacts ?? []).SelectMany(TakeWhole), .. TakeStatus(task.Status, task.Metadata)],
            { StatusUpdate: { } update } => TakeStatus(update.Status, update.Metadata),
            { ArtifactUpdate: { } update } => TakePiece(update),
            _ => [],
        };
    }

    private IEnumerable<RunReport> TakeStatus(AgentTaskStatus status, JsonElement? metadata)
    {
        // Nothing leaves a final state, whatever comes late.
        if (State.IsFinal())
        {
            return [];
        }

        var (isNew, said) = (status.State != State, status.Message);
        (State, Message, Code) = (status.State, said, Find(metadata, "code") is { ValueKind: JsonValueKind.String } code ? code.GetString() : null);
        double? progress = Find(metadata, "progress") is { ValueKind: JsonValueKind.Number } number && number.GetDouble() is >= 0 and <= 1 and var done ? done : null;
        if (IsAtRest)
        {
            return [];
        }

        var isSaid = said is { Parts.Count: > 0 } && said.MessageId != _lastSaid;
        _lastSaid = said?.MessageId ?? _lastSaid;
        RunState? state = State == AgentTaskState.AuthRequired ? RunState.AuthRequired : State == AgentTaskState.Working ? RunState.Working : null;
        return isNew && state is not null || isSaid || progress is not null
            ? [new RunReport(isNew || isSaid ? state : null, isSaid ? said!.Parts : null, Progress: progress)]
            : [];
    }

    private IEnumerable<RunReport> TakeWhole(TaskArtifact made)
    {
        var (artifact, fresh) = (new Artifact(made.ArtifactId, made.Parts, made.Name, made.Description), new GrowingArtifact());
        fresh.Add(artifact);
        if (artifact.Parts.Count == 0 || (_artifacts.TryGetValue(artifact.Id, out var known) && Write(known, artifact.Id) == Write(fresh, artifact.Id)))
        {
            return [];
        }

        _artifacts[artifact.Id] = fresh;
        return [new RunReport(Artifact: artifact)];
    }

    private IEnumerable<RunReport> TakePiece(TaskArtifactUpdate update)
    {
        var made = update.Artifact;
        // A piece behind something that nobody told of is the beginning, as far as it is known.
        var appends = _artifacts.TryGetValue(made.ArtifactId, out var known) && update.Append;
        var piece = new Artifact(made.ArtifactId, made.Parts, made.Name, made.Description, appends, update.LastChunk);
        known = appends ? known! : _artifacts[piece.Id] = new GrowingArtifact();
        known.Add(piece);
        return [new RunReport(Artifact: piece)];
    }

    private static JsonElement? Find(JsonElement? metadata, string member) =>
        metadata is { ValueKind: JsonValueKind.Object } read && read.TryGetProperty(member, out var value) ? value : null;

    private static string Write(GrowingArtifact artifact, string id) => JsonSerializer.Serialize(artifact.ToArtifact(id) with { Last = false }, PayloadJson.Options);
}
