using OrleansAgents.Agents;

namespace OrleansAgents.Negotiation;

/// <summary>Says which agents have a capability. The directory is behind it.</summary>
internal interface ICapabilities
{
    /// <summary>The agents that have a capability; none is an answer too. Runs within the turn that starts the negotiation.</summary>
    /// <exception cref="AgentException">It cannot be said; the negotiation ends as failed, with the exception's code.</exception>
    ValueTask<IReadOnlyList<AgentId>> FindAsync(string capability, AgentContext context, CancellationToken cancellationToken);
}
