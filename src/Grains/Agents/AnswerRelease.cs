using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// Stops the agents that owe answers before the silo ends the others: Orleans ends an activation when its calls are over,
/// and theirs would wait for answers that may take minutes.
/// </summary>
internal sealed class AnswerRelease(AgentHost host) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(AnswerRelease), ServiceLifecycleStage.Active, static _ => Task.CompletedTask,
        stop => Task.WhenAll(host.Owing.Keys.Select(agent => host.Find(agent).StopAsync().AsTask())).WaitAsync(stop));
}
