using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Topics;

namespace OrleansAgents.Streams;

/// <summary>
/// One consumer's place in the stream of a topic: from memory where it keeps up, from the log where it is behind. Orleans
/// moves a cursor without awaiting anything, so the first page from the log blocks the stream's reader; the others
/// are read ahead while the consumer is busy with the page before.
/// </summary>
/// <param name="stream">The stream.</param>
/// <param name="recent">What was just appended.</param>
/// <param name="log">The rest.</param>
/// <param name="next">The position of the first event that is wanted; null for the next that comes.</param>
/// <param name="closed">Is told when nobody reads on.</param>
internal sealed class TopicCursor(StreamId stream, RecentEvents recent, ITopicLog log, long? next, Action<TopicCursor> closed) : IQueueCacheCursor
{
    private const int PageLength = 256;

    private readonly TopicId _topic = new(stream.GetKeyAsString());
    private readonly CancellationTokenSource _end = new();
    private readonly Queue<TopicEvent> _page = new();
    private Task<IReadOnlyList<TopicEvent>>? _ahead;
    private long? _next = next;
    private StreamedEvent? _current;

    /// <summary>
    /// The place up to which its consumer has everything: before the event that it stands at, because Orleans moves on
    /// only when that one was delivered. 0 where it is not known, null where nothing is left for it.
    /// </summary>
    public long? Reached
    {
        get
        {
            if (_current is not null)
            {
                return Math.Max(0, _current.Place - 1);
            }

            return _next is not { } position || position > recent.Last(stream).GetValueOrDefault() ? null
                : recent.TryFind(stream, position, out var waiting) ? Math.Max(0, waiting!.Place - 1)
                : 0;
        }
    }

    public IBatchContainer GetCurrent(out Exception? exception)
    {
        exception = null;
        // Orleans asks only behind a move that found something.
        return _current!;
    }

    public bool MoveNext()
    {
        if (_next is not { } position || Find(position) is not { } found)
        {
            _current = null;
            return false;
        }

        _current = found;
        _next = found.Position + 1;
        return true;
    }

    public void Refresh(StreamSequenceToken? token) => _next ??= token?.SequenceNumber;

    public void RecordDeliveryFailure()
    {
    }

    public void Dispose()
    {
        // Not disposed: a page may still be on its way.
        _end.Cancel();
        _page.Clear();
        closed(this);
    }

    private StreamedEvent? Find(long position)
    {
        if (_page.TryDequeue(out var one))
        {
            return StreamedEvent.Of(stream, one);
        }

        if (recent.TryFind(stream, position, out var found))
        {
            _ahead = null;
            return found;
        }

        TurnPage(position);
        return _page.TryDequeue(out one) ? StreamedEvent.Of(stream, one)
            // Retention took from the log what memory still has.
            : recent.First(stream) is { } first && recent.TryFind(stream, first, out found) ? found
            : null;
    }

    private void TurnPage(long position)
    {
        var reading = _ahead ?? ReadAsync(position - 1);
        _ahead = null;
        var events = reading.GetAwaiter().GetResult();
        foreach (var one in events)
        {
            _page.Enqueue(one);
        }

        if (events.Count == PageLength)
        {
            _ahead = ReadAsync(events[^1].Position);
        }
    }

    // On a thread of the pool: what the log awaits must not go on where the caller blocks.
    private Task<IReadOnlyList<TopicEvent>> ReadAsync(long after) =>
        Task.Run(() => log.ReadAsync(_topic, after, PageLength, _end.Token).AsTask());
}
