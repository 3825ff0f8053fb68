using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Demo;

[Agent("echo", Description = "Answers every message with its own payload.", Public = true)]
internal sealed class EchoAgent : Agent, IHandleAny
{
    public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<byte[]?>(context.Open(message).PayloadJson.ToArray());
}
