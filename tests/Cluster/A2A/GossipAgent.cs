using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.A2A;

/// <summary>Has somebody told something.</summary>
[Contract("test.gossip")]
internal sealed record Gossip(string To, string Text);

[Agent("gossip")]
internal sealed class GossipAgent : Agent, IHandle<Gossip>
{
    public ValueTask HandleAsync(Gossip message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Tell(message.To, ChatSay.Of(message.Text));
        return default;
    }
}
