using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>The events of a run's log as those of a task's streams: the same ones in the same order, whoever follows it and wherever.</summary>
/// <param name="run">The run.</param>
/// <param name="conversation">The conversation that it belongs to.</param>
/// <param name="state">The state that it is in before the first event.</param>
internal sealed class TaskEvents(string run, string conversation, RunState state)
{
    /// <summary>The state that the last event led to.</summary>
    public RunState State { get; private set; } = state;

    /// <summary>What an event of the log comes to: nothing where only its owner has said something.</summary>
    public IReadOnlyList<StreamResponse> Map(RunEvent one)
    {
        var events = new List<StreamResponse>(1);
        if (one.Artifact is { } artifact)
        {
            events.Add(new StreamResponse(
                ArtifactUpdate: new TaskArtifactUpdate(run, conversation, TaskMapping.ToArtifact(artifact), artifact.Append, artifact.Last)));
        }

        var said = one.Message is { ByOwner: false } message ? TaskMapping.ToMessage(message, run, conversation) : null;
        if (one.State is not null || said is not null || one.Progress is not null)
        {
            State = one.State ?? State;
            var status = new AgentTaskStatus(State.ToTask(), said, one.At);
            events.Add(new StreamResponse(StatusUpdate: new TaskStatusUpdate(run, conversation, status, TaskMapping.WriteMetadata(one.Code, one.Progress))));
        }

        return events;
    }
}
