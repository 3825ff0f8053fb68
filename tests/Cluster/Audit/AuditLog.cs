using OrleansAgents.Agents;
using OrleansAgents.Audit;

namespace OrleansAgents.Tests.Audit;

/// <summary>The logs of audited agents.</summary>
internal static class AuditLog
{
    public static async Task<IReadOnlyList<AuditEntry>> ReadAsync(IAgentClient client, AgentId agent, CancellationToken cancellationToken) =>
        (await client.Agent(agent).AskAsync(new AuditRead(), cancellationToken: cancellationToken)).Entries;

    /// <summary>The entries are a whole chain, and that agent's.</summary>
    public static void AssertWhole(AgentId agent, IEnumerable<AuditEntry> entries)
    {
        var chain = new AuditChain([]);
        foreach (var entry in entries)
        {
            chain.Add(AuditJson.ToBytes(entry));
        }

        chain.End();
        Assert.True(chain.Fault is null, chain.Fault?.Message);
        Assert.Equal(agent.ToString(), chain.Agent);
    }
}
