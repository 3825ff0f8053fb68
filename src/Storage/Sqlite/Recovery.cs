using OrleansAgents.Agents;

namespace OrleansAgents.Sqlite;

/// <summary>Brings the agents in memory to where the journal ends, at start.</summary>
internal static class Recovery
{
    /// <summary>The last entry's number, and the number and bytes of the entries that the rows lacked.</summary>
    public static (long Seq, long Entries, long Bytes) Run(Connection connection, AgentTable table, AgentRows rows, Mark mark)
    {
        rows.NextId = connection.ReadNumber("SELECT max(id) FROM agent") + 1;
        using var entries = connection.Prepare("SELECT seq, agent, body FROM journal WHERE seq > ?1 ORDER BY seq");
        entries.Bind(1, mark.Folded);
        var (seq, count, bytes) = (mark.Folded, 0L, 0L);
        while (entries.Step())
        {
            var body = entries.Bytes(2);
            seq = entries.Number(0);
            bytes += body.Length;
            count++;
            Apply(table, rows, seq, entries.Number(1), body);
        }

        return (seq, count, bytes);
    }

    private static void Apply(AgentTable table, AgentRows rows, long seq, long id, ReadOnlySpan<byte> body)
    {
        var header = JournalHeader.Read(body);
        if (rows.Find(id) is not { } entry)
        {
            if (!header.Has(JournalParts.Name))
            {
                throw new InvalidDataException($"The journal has an entry of agent {id}, which has no row.");
            }

            entry = new AgentEntry(id, JournalEntry.ReadName(body));
            rows.NextId = Math.Max(rows.NextId, id + 1);
            table.Add(entry);
        }

        // A fold that was under way may have written the row after this entry.
        if (header.Etag > entry.Etag)
        {
            var changes = JournalEntry.ReadChanges(body, header);
            entry.Commit(header, seq, changes.State);
            entry.Acknowledge(changes.Acknowledged);
            for (var item = 0; item < changes.Sent.Count; item++)
            {
                entry.Send(changes.Sent[item], seq, item);
            }

            entry.Move(changes.Positions);
            entry.Unstage();
            table.Touch(entry, changes.State?.Length ?? 0);
        }
    }
}
