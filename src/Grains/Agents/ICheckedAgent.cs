namespace OrleansAgents.Agents;

/// <summary>An agent whose class says things of itself that may be wrong: checked at the silo's start, and where it is activated.</summary>
internal interface ICheckedAgent
{
    /// <summary>What is wrong: a sentence that names the member and the remedy; null for nothing.</summary>
    /// <param name="services">The silo's services.</param>
    string? FindFault(IServiceProvider services);
}

internal static class CheckedAgentExtensions
{
    /// <exception cref="InvalidOperationException">Something is wrong; the message says what.</exception>
    public static void Demand(this ICheckedAgent agent, IServiceProvider services)
    {
        if (agent.FindFault(services) is { } fault)
        {
            throw new InvalidOperationException($"{agent.GetType()}.{fault}");
        }
    }
}
