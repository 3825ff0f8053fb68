using OrleansAgents.Agents;

namespace OrleansAgents.Patterns;

/// <summary>The kinds of the agents that carry the patterns: each pattern at work is one of them, an agent like any other.</summary>
public static class PatternKinds
{
    /// <summary>Steps that run one after the other, and are taken back where one fails.</summary>
    public const string Saga = "saga";

    /// <summary>Conversations that have one owner at a time.</summary>
    public const string Desk = "desk";

    /// <summary>Conversations of several agents, one speaking at a time.</summary>
    public const string Group = "group";

    /// <summary>Messages that are told again and again.</summary>
    public const string Timer = "timer";

    /// <summary>The saga, or the sequence, of a key.</summary>
    /// <exception cref="FormatException">It is no key of an address.</exception>
    public static AgentId SagaOf(string key) => new(Saga, key);

    /// <summary>The desk of a key.</summary>
    /// <inheritdoc cref="SagaOf" path="/exception"/>
    public static AgentId DeskOf(string key) => new(Desk, key);

    /// <summary>The group of a key.</summary>
    /// <inheritdoc cref="SagaOf" path="/exception"/>
    public static AgentId GroupOf(string key) => new(Group, key);

    /// <summary>The timer of a name.</summary>
    /// <inheritdoc cref="SagaOf" path="/exception"/>
    public static AgentId TimerOf(string name) => new(Timer, name);
}
