using System.Runtime.InteropServices;

namespace OrleansAgents.Sqlite;

/// <summary>Removes the oldest events of topics, a slice in each transaction. Positions go on as if they were there.</summary>
internal sealed class TopicTrimming(Connection connection, TopicWriter topics, Progress progress, SqliteStoreOptions options, TimeProvider time)
{
    private readonly Statement _oldest = connection.Prepare("SELECT place, topic, position, at, total FROM event ORDER BY place LIMIT ?1");
    private readonly Statement _oldestOf = connection.Prepare("SELECT place, topic, position, at, total FROM event WHERE topic = ?1 ORDER BY position LIMIT ?2");
    private readonly Statement _delete = connection.Prepare("DELETE FROM event WHERE place = ?1");
    private readonly Statement _mark = connection.Prepare(
        "UPDATE topic SET trimmed = max(trimmed, ?2), total = max(total, ?3) WHERE id = ?1");

    /// <summary>Removes events of the topics that grew and hold too many bytes.</summary>
    public void WriteOversized(int events)
    {
        topics.Grown.RemoveWhere(topic => topic.Total - topic.TrimmedTotal <= options.Topics.Bytes);
        foreach (var topic in topics.Grown)
        {
            // The last one stays, however large, so that a topic is never empty for its size.
            Remove(Take(
                _oldestOf.Bind(1, topic.Id).Bind(2, events),
                e => topic.Total - topic.TrimmedTotal > options.Topics.Bytes && e.Position < topic.Last,
                topic));
        }
    }

    /// <summary>Removes events that are too old, and tells whether there may be more.</summary>
    public bool WriteAged(int events)
    {
        var oldest = (time.GetUtcNow() - options.Topics.Age).UtcTicks;
        var gone = Take(_oldest.Bind(1, events), e => e.At < oldest, topic: null);
        Remove(gone);
        return gone.Count == events;
    }

    private static List<StoredEvent> Take(Statement rows, Func<StoredEvent, bool> may, TopicEntry? topic)
    {
        var taken = new List<StoredEvent>();
        while (rows.Step())
        {
            var one = new StoredEvent(rows.Number(0), rows.Number(1), rows.Number(2), rows.Number(3), rows.Number(4));
            if (!may(one))
            {
                break;
            }

            if (topic is not null)
            {
                topic.TrimmedTotal = one.Total;
            }

            taken.Add(one);
        }

        rows.Reset();
        return taken;
    }

    private void Remove(List<StoredEvent> gone)
    {
        foreach (var one in gone)
        {
            _delete.Bind(1, one.Place).Run();
            _mark.Bind(1, one.Topic).Bind(2, one.Position).Bind(3, one.Total).Run();
            progress.Next = progress.Next with { Place = Math.Max(progress.Next.Place, one.Place) };
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct StoredEvent(long Place, long Topic, long Position, long At, long Total);
}
