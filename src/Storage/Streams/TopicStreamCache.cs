using Orleans.Providers.Streams.Common;
using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Topics;

namespace OrleansAgents.Streams;

/// <summary>What consumers of the topics' streams read from. It holds nobody up: who falls behind reads the log.</summary>
internal sealed class TopicStreamCache(ITopicLog log, StreamProgress progress, int most = 4096, long mostBytes = 8 << 20) : IQueueCache
{
    private const int ReadAtOnce = 256;
    private readonly RecentEvents _recent = new(most, mostBytes);
    private readonly HashSet<TopicCursor> _cursors = [];
    private long _lastPlace;

    public int GetMaxAddCount() => ReadAtOnce;

    public bool IsUnderPressure() => false;

    public void AddToCache(IList<IBatchContainer> messages)
    {
        foreach (var message in messages)
        {
            _recent.Add((StreamedEvent)message);
            _lastPlace = ((StreamedEvent)message).Place;
        }
    }

    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        // It purges by itself. Orleans asks before each read, which is when to see how far the consumers have come.
        progress.Reached = FindReached();
        purgedItems = [];
        return false;
    }

    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token) =>
        Open(streamId, token is null ? _recent.Last(streamId) + 1 : Math.Max(token.SequenceNumber, 1));

    public QueueCacheCursorResult<IQueueCacheCursor> TryGetCacheCursor(StreamId streamId, StreamSequenceToken? token) =>
        QueueCacheCursorResult<IQueueCacheCursor>.FromCursor(GetCacheCursor(streamId, token));

    public QueueCacheCursorResult<IQueueCacheCursor> TryGetCacheCursorAtPosition(StreamId streamId, StreamSubscriptionStartPosition startPosition) =>
        startPosition switch
        {
            StreamSubscriptionStartPosition.Latest => TryGetCacheCursor(streamId, token: null),
            StreamSubscriptionStartPosition.EarliestAvailable => TryGetCacheCursor(streamId, new EventSequenceTokenV2(1)),
            _ => throw new ArgumentOutOfRangeException(nameof(startPosition), startPosition, "There is no such position."),
        };

    private TopicCursor Open(StreamId streamId, long? next)
    {
        var cursor = new TopicCursor(streamId, _recent, log, next, closed: one => _cursors.Remove(one));
        _cursors.Add(cursor);
        return cursor;
    }

    private long FindReached()
    {
        var reached = _lastPlace;
        foreach (var cursor in _cursors)
        {
            reached = Math.Min(reached, cursor.Reached ?? reached);
        }

        return reached;
    }
}
