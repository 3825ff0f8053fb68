using System.Runtime.CompilerServices;
using OrleansAgents.Agents;

namespace OrleansAgents.Audit;

/// <summary>An agent's audit log, read page by page.</summary>
internal static class AuditPages
{
    public static async IAsyncEnumerable<AuditEntry> ReadAsync(
        AgentHandle agent, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await agent.AskAsync(new AuditRead(after), cancellationToken: cancellationToken);
            foreach (var entry in page.Entries)
            {
                yield return entry;
            }

            // Each reading is noted itself, so a log that is read never ends with a full page for long.
            if (page.Entries.Count < AuditRead.MostEntries)
            {
                yield break;
            }

            after = page.Entries[^1].Sequence;
        }
    }
}
