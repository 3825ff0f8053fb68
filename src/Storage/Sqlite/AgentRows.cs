using OrleansAgents.Agents;

namespace OrleansAgents.Sqlite;

/// <summary>Finds agents for the writer: in memory, or else in their rows.</summary>
internal sealed class AgentRows(Connection connection, AgentTable table)
{
    private readonly Statement _byName = connection.Prepare($"SELECT {AgentRow.Columns} FROM agent WHERE kind = ?1 AND key = ?2");
    private readonly Statement _byId = connection.Prepare($"SELECT {AgentRow.Columns} FROM agent WHERE id = ?1");

    /// <summary>The number that the next new agent gets.</summary>
    public long NextId { get; set; }

    public AgentEntry? Find(AgentId agent) => table.Find(agent) ?? Load(_byName.Bind(1, agent.Kind).Bind(2, agent.Key));

    public AgentEntry? Find(long id) => table.Find(id) ?? Load(_byId.Bind(1, id));

    public AgentEntry Create(AgentId agent)
    {
        var entry = new AgentEntry(NextId++, agent);
        table.Add(entry);
        return entry;
    }

    private AgentEntry? Load(Statement row)
    {
        var entry = row.Step() ? AgentRow.Read(row) : null;
        row.Reset();
        if (entry is not null)
        {
            table.Add(entry);
        }

        return entry;
    }
}
