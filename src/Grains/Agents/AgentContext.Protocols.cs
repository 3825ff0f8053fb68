namespace OrleansAgents.Agents;

/// <content>What the built-in protocols need of a turn.</content>
public sealed partial class AgentContext
{
    /// <summary>The time by the clock of the agents.</summary>
    internal DateTimeOffset Now => Turns.Host.Time.GetUtcNow();
}
