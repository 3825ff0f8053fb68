namespace OrleansAgents.Directory;

/// <summary>Agents that are active, and where.</summary>
/// <param name="Agents">The agents, by kind and then by key, as many as the limit allows. One that moves may be listed twice, or not.</param>
/// <param name="Total">How many are active on the silos that answered.</param>
/// <param name="Missing">The silos that did not answer in time; empty when all did.</param>
public sealed record ActiveAgents(IReadOnlyList<ActiveAgent> Agents, int Total, IReadOnlyList<Unanswered> Missing);

/// <summary>An agent that is active.</summary>
/// <param name="Agent">Its address.</param>
/// <param name="Silo">The silo's address.</param>
public sealed record ActiveAgent(string Agent, string Silo);
