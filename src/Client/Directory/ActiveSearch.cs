using OrleansAgents.Agents;

namespace OrleansAgents.Directory;

/// <summary>Gathers what is active from all silos.</summary>
internal sealed class ActiveSearch(IAgentClient client, SiloAgents query, SendOptions send)
{
    /// <exception cref="AgentRefusedException">It is not allowed.</exception>
    public async Task<ActiveAgents> RunAsync(IReadOnlyList<string> silos, CancellationToken cancellationToken)
    {
        var pages = new SiloPage?[silos.Count];
        var missing = await Task.WhenAll(silos.Select((silo, i) =>
        {
            var agent = new AgentId(SiloKind.Name, silo);
            return FanOut.TryAsync(agent, async () => pages[i] = await AskAsync(agent, cancellationToken), cancellationToken);
        }));
        var found = silos
            .SelectMany((silo, i) => (pages[i]?.Agents ?? []).Select(agent => (Id: AgentId.Parse(agent), Row: new ActiveAgent(agent, silo))))
            .OrderBy(found => found.Id, Comparer<AgentId>.Create(DirectoryAddress.Compare))
            .ThenBy(found => found.Row.Silo, StringComparer.Ordinal)
            .Select(found => found.Row)
            .Take(query.Limit);
        return new ActiveAgents([.. found], pages.Sum(page => page?.Total ?? 0), [.. missing.OfType<Unanswered>()]);
    }

    /// <summary>A silo that went meanwhile has no agents any more.</summary>
    private async Task<SiloPage?> AskAsync(AgentId agent, CancellationToken cancellationToken)
    {
        try
        {
            return await client.Agent(agent).AskAsync(query, send, cancellationToken);
        }
        catch (AgentRefusedException e) when (e.Code == SiloKind.Gone)
        {
            return null;
        }
    }
}
