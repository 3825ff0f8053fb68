using OrleansAgents.Agents;

namespace OrleansAgents.Blackboard;

/// <summary>Adds boards to a client.</summary>
public static class BlackboardClient
{
    /// <summary>A handle on one board. Making one is cheap and calls nobody.</summary>
    /// <param name="client">The client.</param>
    /// <param name="name">The board's name, such as <c>plan</c>: that of the agent <c>blackboard/plan</c> and the topic <c>blackboard/plan</c>.</param>
    /// <exception cref="FormatException"><paramref name="name"/> is no name of a board; the message says why.</exception>
    public static BlackboardHandle Blackboard(this IAgentClient client, string name) =>
        new(name, client.Agent(BlackboardAddress.Of(name)), client.Topic(BlackboardAddress.TopicOf(name)));
}
