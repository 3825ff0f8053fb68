using Orleans.Providers.Streams.Common;
using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Topics;

namespace OrleansAgents.Streams;

/// <summary>What consumers of the topics' streams read from. It holds nobody up: who falls behind reads the log.</summary>
internal sealed class TopicStreamCache(ITopicLog log, int most = 4096, long mostBytes = 8 << 20) : IQueueCache
{
    private const int ReadAtOnce = 256;
    private readonly RecentEvents _recent = new(most, mostBytes);

    public int GetMaxAddCount() => ReadAtOnce;

    public bool IsUnderPressure() => false;

    public void AddToCache(IList<IBatchContainer> messages)
    {
        foreach (var message in messages)
        {
            _recent.Add((StreamedEvent)message);
        }
    }

    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        // It purges by itself; the log has no use for knowing.
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

    private TopicCursor Open(StreamId streamId, long? next) => new(streamId, _recent, log, next);
}
