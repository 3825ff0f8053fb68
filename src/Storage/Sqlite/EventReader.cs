using OrleansAgents.Formats;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Sqlite;

/// <summary>Reads topics: from memory what was just written, from the database the rest.</summary>
internal sealed class EventReader(EventTail tail, ReaderPool readers, ContractCatalogue? catalogue)
{
    public async ValueTask<IReadOnlyList<TopicEvent>> ReadAsync(TopicId topic, long after, int limit, CancellationToken cancellationToken) =>
        await readers.ReadAsync(
            reader => ReadRows(reader.Events.Bind(1, topic.Name).Bind(2, after).Bind(3, limit), ReadEvent), cancellationToken);

    public ValueTask<long> FindAsync(TopicId topic, DateTimeOffset at, CancellationToken cancellationToken) =>
        readers.ReadAsync(reader => Find(reader, topic, at.UtcTicks), cancellationToken);

    public async ValueTask<IReadOnlyList<LoggedEvent>> ReadAllAsync(long? after, int limit, CancellationToken cancellationToken)
    {
        var place = after ?? tail.Last;
        while (true)
        {
            var (events, more, before) = tail.Read(place, limit);
            if (events is null)
            {
                events = await readers.ReadAsync(reader => ReadRows(reader.AllEvents.Bind(1, place).Bind(2, limit), ReadLogged), cancellationToken);
                // When retention has removed what was asked for, memory may still have what came after.
                place = Math.Max(place, before);
            }
            else if (events.Count == 0)
            {
                await more.WaitAsync(cancellationToken);
            }

            if (events.Count > 0)
            {
                return events;
            }
        }
    }

    public ValueTask<long> LoadCheckpointAsync(CancellationToken cancellationToken) => readers.ReadAsync(
        static reader =>
        {
            reader.Checkpoint.Step();
            var place = reader.Checkpoint.Number(0);
            reader.Checkpoint.Reset();
            return place;
        },
        cancellationToken);

    // Events stand in the order of their times, but for clocks that were set back.
    private static long Find(Reader reader, TopicId topic, long at)
    {
        var bounds = reader.Bounds.Bind(1, topic.Name);
        var (found, id, trimmed) = (bounds.Step(), bounds.Number(0), bounds.Number(1));
        var (low, high) = (bounds.Number(2), bounds.Number(3) + 1);
        var empty = !found || bounds.IsNull(2);
        bounds.Reset();
        if (empty)
        {
            return trimmed;
        }

        while (low < high)
        {
            var middle = low + (high - low) / 2;
            var isBefore = reader.EventTime.Bind(1, id).Bind(2, middle).Step() && reader.EventTime.Number(0) < at;
            reader.EventTime.Reset();
            (low, high) = isBefore ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }

    private static List<T> ReadRows<T>(Statement rows, Func<Statement, T> read)
    {
        var events = new List<T>();
        while (rows.Step())
        {
            events.Add(read(rows));
        }

        rows.Reset();
        return events;
    }

    private TopicEvent ReadEvent(Statement row) => new(
        row.Number(0), new DateTimeOffset(row.Number(1), TimeSpan.Zero), StoredMessages.Read(row.Bytes(2).ToArray(), catalogue));

    private LoggedEvent ReadLogged(Statement row) => new(row.Number(3), new TopicId(row.Text(4)), ReadEvent(row));
}
