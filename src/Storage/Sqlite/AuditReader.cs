using OrleansAgents.Agents;
using OrleansAgents.Audit;

namespace OrleansAgents.Sqlite;

/// <summary>Reads the logs of audited agents.</summary>
internal sealed class AuditReader(AgentTable table, ReaderPool readers)
{
    public async ValueTask<IReadOnlyList<AuditEntry>> ReadAsync(AgentId agent, long after, int limit, CancellationToken cancellationToken)
    {
        var known = FindId(agent);
        return await readers.ReadAsync(reader => Read(reader, agent, known, after, limit), cancellationToken);
    }

    /// <summary>Where the log of an agent ends; null when it has none.</summary>
    public static AuditHead? ReadHead(Reader reader, long agent)
    {
        var row = reader.AuditLast.Bind(1, agent);
        var body = row.Step() ? row.Bytes(0).ToArray() : null;
        row.Reset();
        return body is not null && AuditJson.Read(body) is var last ? new AuditHead(last.Sequence, last.Hash) : null;
    }

    // An agent not in memory has a row.
    private long? FindId(AgentId agent)
    {
        lock (table.Sync)
        {
            return table.Find(agent)?.Id;
        }
    }

    private static List<AuditEntry> Read(Reader reader, AgentId agent, long? known, long after, int limit)
    {
        var entries = new List<AuditEntry>();
        if ((known ?? ReadId(reader, agent)) is not { } id)
        {
            return entries;
        }

        var rows = reader.Audit.Bind(1, id).Bind(2, after).Bind(3, limit);
        try
        {
            while (rows.Step())
            {
                entries.Add(AuditJson.Read(rows.Bytes(0).ToArray()));
            }
        }
        catch (InvalidDataException e)
        {
            throw new AgentStoreException($"The audit log of {agent} cannot be read: {e.Message}", e);
        }
        finally
        {
            rows.Reset();
        }

        return entries;
    }

    private static long? ReadId(Reader reader, AgentId agent)
    {
        var row = reader.AgentByName.Bind(1, agent.Kind).Bind(2, agent.Key);
        var id = row.Step() ? row.Number(0) : default(long?);
        row.Reset();
        return id;
    }
}
