using OrleansAgents.Agents;

namespace OrleansAgents.Formats;

/// <summary>A log that has a gap, or two entries in one place, proves nothing: no store takes such entries.</summary>
internal static class AuditOrder
{
    /// <summary>Why a commit's entries cannot follow the log's last; null when they can.</summary>
    public static AgentStoreException? FindFault(AgentId agent, AgentCommit commit, long last)
    {
        for (var i = 0; i < commit.Audit.Count; i++)
        {
            if (commit.Audit[i].Sequence != last + 1 + i)
            {
                return Refuse(agent, last + 1 + i);
            }
        }

        return null;
    }

    public static AgentStoreException Refuse(AgentId agent, object next) => new($"The audit log of {agent} goes on with entry {next}; no other can follow.");
}
