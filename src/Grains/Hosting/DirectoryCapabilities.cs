using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Negotiation;

namespace OrleansAgents.Hosting;

/// <summary>Has negotiations find agents in the directory: those that registered themselves, for a kind has no address.</summary>
internal sealed class DirectoryCapabilities : ICapabilities
{
    public async ValueTask<IReadOnlyList<AgentId>> FindAsync(string capability, AgentContext context, CancellationToken cancellationToken)
    {
        if (!TraitName.IsValid(capability))
        {
            throw new AgentRefusedException(NegotiationCodes.BadCapability, $"A capability is {TraitName.Rule}.");
        }

        var found = await context.FindAsync(capability, limit: NegotiationAddress.MostParticipants, cancellationToken: cancellationToken);
        return found.Agents.Count == 0 && found.Missing.Count > 0
            ? throw new AgentRefusedException(NegotiationCodes.NoDirectory, $"{found.Missing.Count} parts of the directory did not answer, and the others know nobody.")
            : [.. found.Agents.Select(agent => AgentId.Parse(agent.Agent))];
    }
}
