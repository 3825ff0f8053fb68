using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <content>What a message that is passed on remembers of its way.</content>
public sealed partial class AgentContext
{
    /// <summary>The rare fields of a message that <paramref name="self"/> passes on.</summary>
    /// <exception cref="AgentRefusedException">It has passed too many agents, or one of those it is to go to.</exception>
    internal static EnvelopeExtras AddHop(Envelope message, AgentId self, MessageLimits limits, ReadOnlySpan<AgentId> to)
    {
        var hops = message.Extras?.Hops ?? [];
        if (hops.Count >= limits.Hops)
        {
            throw new AgentRefusedException(RefusalCodes.TooManyHops, $"The message passed {hops.Count} agents; that is the limit.");
        }

        foreach (var next in to)
        {
            if (next == self || hops.Contains(next))
            {
                throw new AgentRefusedException(RefusalCodes.Cycle, $"The message would run in a circle: {string.Join(" → ", hops)} → {self} → {next}.");
            }
        }

        return (message.Extras ?? new()) with { Hops = [.. hops, self] };
    }
}
