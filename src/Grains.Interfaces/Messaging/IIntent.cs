namespace OrleansAgents.Messaging;

/// <summary>
/// An announcement of what its sender means to do, before it does it. The contract's name ends with <c>.intent</c>, and
/// its payload has the member <c>goal</c>. By custom it says <c>until</c> when, and which <c>resources</c> it takes.
/// </summary>
public interface IIntent
{
    /// <summary>What is to be reached, for people and for agents: a short text.</summary>
    string Goal { get; }
}
