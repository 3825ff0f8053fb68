using OrleansAgents.Agents;

namespace OrleansAgents.Sqlite;

/// <summary>Finds the agents to be woken, by the rows' index and by memory, which is ahead of them.</summary>
internal sealed class DueReader(AgentTable table, ReaderPool readers)
{
    public async ValueTask<IReadOnlyList<AgentId>> ReadAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken)
    {
        var due = new Dictionary<AgentId, long>();
        lock (table.Sync)
        {
            foreach (var entry in table.FindDue(until.UtcTicks, limit))
            {
                due.Add(entry.Agent, entry.Wake);
            }
        }

        foreach (var (agent, wake) in await readers.ReadAsync(reader => ReadRows(reader, until.UtcTicks, limit), cancellationToken))
        {
            due.TryAdd(agent, wake);
        }

        return [.. due.OrderBy(d => d.Value).Take(limit).Select(d => d.Key)];
    }

    private List<(AgentId Agent, long Wake)> ReadRows(Reader reader, long until, int limit)
    {
        var due = new List<(AgentId, long)>();
        reader.Due.Bind(1, until);
        while (due.Count < limit && reader.Due.Step())
        {
            var agent = AgentId.Trusted(reader.Due.Text(0), reader.Due.Text(1));
            if (IsCurrent(agent, reader.Due.Number(2)))
            {
                due.Add((agent, reader.Due.Number(2)));
            }
        }

        reader.Due.Reset();
        return due;
    }

    private bool IsCurrent(AgentId agent, long wake)
    {
        lock (table.Sync)
        {
            return table.Find(agent) is not { } entry || entry.Wake == wake;
        }
    }
}
