using OrleansAgents.Agents;

namespace OrleansAgents.Negotiation;

/// <summary>Says which agents have a capability. The directory is behind it.</summary>
internal interface ICapabilities
{
    /// <summary>The agents that have a capability; none is an answer too. Runs within the turn that starts the negotiation.</summary>
    /// <exception cref="AgentException">It cannot be said; the negotiation ends as failed, with the exception's code.</exception>
    ValueTask<IReadOnlyList<AgentId>> FindAsync(string capability, AgentContext context, CancellationToken cancellationToken);
}

/// <summary>Knows nobody, where there is no directory.</summary>
internal sealed class NoDirectory : ICapabilities
{
    public ValueTask<IReadOnlyList<AgentId>> FindAsync(string capability, AgentContext context, CancellationToken cancellationToken) =>
        throw new AgentRefusedException(
            NegotiationCodes.NoDirectory, $"Nothing says who has the capability '{PlainName(capability)}', for there is no directory; name the recipients.");

    private static string PlainName(string capability) => Messaging.PlainText.Show(capability, Messaging.PlainText.Quoted);
}
