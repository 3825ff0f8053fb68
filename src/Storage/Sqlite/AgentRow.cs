using OrleansAgents.Agents;
using OrleansAgents.Formats;
using OrleansAgents.Topics;

namespace OrleansAgents.Sqlite;

/// <summary>How an agent stands in its row.</summary>
internal static class AgentRow
{
    /// <summary>The columns in the order that <see cref="Read"/> expects; the state comes last.</summary>
    public const string Columns = "id, kind, key, etag, head, handled, last_event, ifnull(wake, 0), open, positions";

    public static AgentEntry Read(Statement row)
    {
        var entry = new AgentEntry(row.Number(0), AgentId.Trusted(row.Text(1), row.Text(2)));
        entry.Restore(
            etag: row.Number(3), head: row.Number(4), handled: row.Number(5), lastEvent: row.Number(6), wake: row.Number(7),
            OpenMessages.Read(row.Bytes(8)), ReadPositions(row.Bytes(9)));
        return entry;
    }

    public static void WritePositions(IReadOnlyCollection<TopicPosition> positions, BodyBuffer output)
    {
        output.Number(positions.Count);
        foreach (var position in positions)
        {
            output.Text(position.Topic.Name);
            output.Number(position.Position);
        }
    }

    private static Dictionary<TopicId, long>? ReadPositions(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        var reader = new BodyReader(bytes);
        var positions = new Dictionary<TopicId, long>();
        for (var left = reader.Count(); left > 0; left--)
        {
            var position = reader.Position();
            positions[position.Topic] = position.Position;
        }

        return positions;
    }
}
