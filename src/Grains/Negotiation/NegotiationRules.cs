using OrleansAgents.Agents;

namespace OrleansAgents.Negotiation;

/// <summary>What a negotiation must keep to be started.</summary>
internal static class NegotiationRules
{
    /// <summary>What is wrong, as a sentence; null when all is well.</summary>
    public static string? FindFault(NegotiationStart start, DateTimeOffset now)
    {
        if (OfferCheck.FindFault(start.Task, OfferCheck.MaxTaskBytes) is { } task)
        {
            return $"The task cannot be negotiated for. {task}";
        }

        if ((start.Recipients is null) == string.IsNullOrWhiteSpace(start.Capability))
        {
            return "A negotiation needs either recipients or a capability.";
        }

        if (start.Recipients is { Count: > NegotiationAddress.MostParticipants })
        {
            return $"A negotiation calls {NegotiationAddress.MostParticipants} agents at most; {start.Recipients.Count} were named.";
        }

        foreach (var recipient in start.Recipients ?? [])
        {
            if (!AgentId.TryParse(recipient, defaultKind: null, out _, out var fault))
            {
                return fault;
            }
        }

        return start.Deadline > now + NegotiationOptions.Longest
            ? $"A negotiation takes {NegotiationOptions.Longest.Days} days at most."
            : start.Scoring.FindFault() ?? start.Options?.FindFault();
    }
}
