using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Testing.Probes;

/// <summary>Hands what it gets to the test's probe of its name.</summary>
[Agent(AgentProbe.Kind, Description = "Records what it gets, for a test.")]
internal sealed class ProbeAgent(ProbeBook probes) : Agent, IHandleAny
{
    public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken) =>
        new(probes.Open(Id.Key).Receive(context.Open(message)));
}
