using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <content>What the built-in protocols need of a turn.</content>
public sealed partial class AgentContext
{
    /// <summary>The time by the clock of the agents.</summary>
    internal DateTimeOffset Now => Turns.Host.Time.GetUtcNow();

    /// <exception cref="InvalidOperationException">The agent's class does not handle a message that it will get.</exception>
    internal void Demand<TMessage>(string remedy)
    {
        if (!Turns.Handles(Contract.Of<TMessage>()))
        {
            throw new InvalidOperationException($"The kind '{Self.Kind}' does not handle {Contract.Of<TMessage>()}; add {remedy}.");
        }
    }
}
