using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>Who waits for whom: the agent that asked, then the one that waits for it, and so on.</summary>
internal sealed record CallChain(AgentId Agent, CallChain? Waiting)
{
    public bool Contains(AgentId agent)
    {
        for (var link = this; link is not null; link = link.Waiting)
        {
            if (link.Agent == agent)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The agents that wait, whoever waits for nobody but the answer first.</summary>
    public IEnumerable<AgentId> List()
    {
        for (var link = this; link is not null; link = link.Waiting)
        {
            yield return link.Agent;
        }
    }

    /// <summary>A chain of agents of which each waits for the one before; null for none.</summary>
    public static CallChain? Of(IReadOnlyList<AgentId> agents)
    {
        CallChain? chain = null;
        for (var i = agents.Count - 1; i >= 0; i--)
        {
            chain = new CallChain(agents[i], chain);
        }

        return chain;
    }

    public Refusal Refuse(AgentId last) => new(
        RefusalCodes.Cycle,
        $"The ask would wait for itself: {Describe(last)}. Use a tell, or allow it with [Agent(\"{last.Kind}\", Reentrant = true)].");

    private string Describe(AgentId last)
    {
        var text = last.ToString();
        for (var link = this; link is not null; link = link.Waiting)
        {
            text = $"{link.Agent} → {text}";
        }

        return text;
    }
}
