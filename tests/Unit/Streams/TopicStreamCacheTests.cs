using Xunit;
using Orleans.Providers.Streams.Common;
using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Agents;
using OrleansAgents.Memory;
using OrleansAgents.Messaging;
using OrleansAgents.Streams;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Streams;

public sealed class TopicStreamCacheTests
{
    private static readonly StreamId One = TopicStreamFactory.StreamOf("one");
    private static readonly StreamId Two = TopicStreamFactory.StreamOf("two");
    private readonly MemoryAgentStore _store = new();
    private readonly Dictionary<StreamId, long> _written = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4)]
    [InlineData(4096)]
    public async Task Cursor_FromAnyPosition_SeesAllFromThereOnOnce(int inMemory)
    {
        var cache = new TopicStreamCache(_store, new StreamProgress(), inMemory);
        await WriteAsync(cache, One, 600);
        foreach (var start in new long[] { 0, 1, 2, 299, 596, 597, 600 })
        {
            Assert.Equal(Range(Math.Max(1, start), 600), Drain(cache.GetCacheCursor(One, new EventSequenceTokenV2(start))));
        }
    }

    [Fact]
    public async Task Cursor_WithoutAToken_BeginsWithTheNextEvent()
    {
        var cache = new TopicStreamCache(_store, new StreamProgress());
        var fresh = cache.GetCacheCursor(One, token: null);
        Assert.Empty(Drain(fresh));
        await WriteAsync(cache, One, 2);
        fresh.Refresh(new EventSequenceTokenV2(1));
        var later = cache.GetCacheCursor(One, token: null);
        await WriteAsync(cache, One, 2);
        Assert.Equal(Range(1, 4), Drain(fresh));
        Assert.Equal(Range(3, 4), Drain(later));
    }

    [Fact]
    public async Task Cursor_WhoseEventsLeaveMemory_GoesOnFromTheLog()
    {
        var cache = new TopicStreamCache(_store, new StreamProgress(), most: 8);
        await WriteAsync(cache, One, 3);
        var cursor = cache.GetCacheCursor(One, new EventSequenceTokenV2(1));
        Assert.Equal(QueueCacheCursorMoveResultKind.Success, cursor.MoveNextWithResult().Kind);
        await WriteAsync(cache, Two, 20);
        Assert.Equal(Range(2, 3), Drain(cursor));
        await WriteAsync(cache, One, 20);
        Assert.Equal(Range(4, 23), Drain(cursor));
        Assert.Equal(Range(1, 20), Drain(cache.GetCacheCursor(Two, new EventSequenceTokenV2(1))));
    }

    [Fact]
    public async Task Cursor_AheadOfTheFeed_SeesNothingTwice()
    {
        var cache = new TopicStreamCache(_store, new StreamProgress());
        var written = await CommitAsync(One, 10);
        cache.AddToCache([written[0]]);
        // The log already has what the feed has not brought yet.
        var cursor = new TopicStreamCache(_store, new StreamProgress()).GetCacheCursor(One, new EventSequenceTokenV2(1));
        Assert.Equal(Range(1, 10), Drain(cursor));
        var behind = cache.GetCacheCursor(One, new EventSequenceTokenV2(1));
        Assert.Equal([1], Drain(behind));
        cache.AddToCache([.. written.Skip(1)]);
        Assert.Equal(Range(2, 10), Drain(behind));
    }

    [Fact]
    public async Task Position_EarliestAndLatest()
    {
        IQueueCache cache = new TopicStreamCache(_store, new StreamProgress(), most: 2);
        await WriteAsync(cache, One, 5);
        Assert.Equal(Range(1, 5), Drain(cache.TryGetCacheCursorAtPosition(One, StreamSubscriptionStartPosition.EarliestAvailable).Cursor!));
        Assert.Empty(Drain(cache.TryGetCacheCursorAtPosition(One, StreamSubscriptionStartPosition.Latest).Cursor!));
    }

    [Fact]
    public async Task Receiver_Waiting_GetsWhatIsAppendedByTheSameWait()
    {
        await CommitAsync(One, 1);
        await _store.SaveCheckpointAsync(0, 1, Token);
        var receiver = new TopicStreamReceiver(_store, 0, new StreamProgress());
        await receiver.Initialize(TimeSpan.FromSeconds(1));
        var waiting = receiver.GetQueueMessagesAsync(256, Token);
        Assert.False(waiting.IsCompleted);
        await CommitAsync(One, 2);
        Assert.Equal([2, 3], (await waiting).Cast<StreamedEvent>().Select(e => e.Position));
        await receiver.Shutdown(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(2, 3, 2)]
    [InlineData(4, 2, 6)]
    [InlineData(4, 3, 7)]
    public async Task Receiver_BehindAnother_BeginsWithWhatOneOfItsConsumersStillLacks(int movesOfOne, int movesOfTwo, int first)
    {
        var progress = new StreamProgress();
        var receiver = new TopicStreamReceiver(_store, 0, progress);
        var cache = new TopicStreamCache(_store, progress);
        await receiver.Initialize(TimeSpan.FromSeconds(1));
        await CommitAsync(One, 3);
        await CommitAsync(Two, 3);
        for (var left = 6; left > 0;)
        {
            var events = await receiver.GetQueueMessagesAsync(256, Token);
            cache.AddToCache(events);
            left -= events.Count;
        }

        // A consumer that moves on has had what it stood at before.
        Move(cache.GetCacheCursor(One, new EventSequenceTokenV2(1)), movesOfOne);
        Move(cache.GetCacheCursor(Two, new EventSequenceTokenV2(1)), movesOfTwo + 1);
        cache.GetCacheCursor(Two, new EventSequenceTokenV2(1)).Dispose();
        Assert.False(cache.TryPurgeFromCache(out _));
        await receiver.Shutdown(TimeSpan.FromSeconds(1));

        var next = new TopicStreamReceiver(_store, 0, new StreamProgress());
        await next.Initialize(TimeSpan.FromSeconds(1));
        await CommitAsync(One, 1);
        var seen = new List<long>();
        while (!seen.Contains(7))
        {
            seen.AddRange((await next.GetQueueMessagesAsync(256, Token)).Select(e => ((StreamedEvent)e).Place));
        }

        Assert.Equal(Range(first, 7), seen);
        await next.Shutdown(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Receiver_AsksAgain_LosesNothingInBetween()
    {
        var receiver = new TopicStreamReceiver(_store, 0, new StreamProgress());
        await receiver.Initialize(TimeSpan.FromSeconds(1));
        await CommitAsync(One, 1);
        Assert.Single(await receiver.GetQueueMessagesAsync(256, Token));
        using var end = new CancellationTokenSource();
        var cancelled = receiver.GetQueueMessagesAsync(256, end.Token);
        await end.CancelAsync();
        Assert.Empty(await cancelled);
        await CommitAsync(One, 1);
        Assert.Single(await receiver.GetQueueMessagesAsync(256, Token));
        var waiting = receiver.GetQueueMessagesAsync(256, Token);
        await receiver.Shutdown(TimeSpan.FromSeconds(1));
        Assert.Empty(await waiting);
    }

    private async Task WriteAsync(IQueueCache cache, StreamId stream, int count) => cache.AddToCache(await CommitAsync(stream, count));

    private async Task<IBatchContainer[]> CommitAsync(StreamId stream, int count)
    {
        var topic = TopicStreamFactory.TopicOf(stream);
        var first = _written.GetValueOrDefault(stream) + 1;
        var events = Enumerable.Range(0, count).Select(i => new TopicEvent(
            first + i, DateTimeOffset.UnixEpoch, Envelope.CreateJson(AgentId.Parse("a/a"), topic.Agent, "test.note", "{}"u8.ToArray()))).ToArray();
        _written[stream] = first + count - 1;
        var etag = (await _store.LoadAsync(topic.Agent, Token))?.Etag ?? 0;
        await _store.CommitAsync(topic.Agent, new AgentCommit { Etag = etag, Events = events }, Token);
        return [.. events.Select(e => StreamedEvent.Of(stream, e))];
    }

    private static void Move(IQueueCacheCursor cursor, int times)
    {
        for (; times > 0; times--)
        {
            cursor.MoveNextWithResult();
        }
    }

    private static List<long> Drain(IQueueCacheCursor cursor)
    {
        var seen = new List<long>();
        while (cursor.MoveNextWithResult().Kind == QueueCacheCursorMoveResultKind.Success)
        {
            seen.Add(cursor.GetCurrent(out _)!.SequenceToken.SequenceNumber);
        }

        return seen;
    }

    private static IEnumerable<long> Range(long first, long last) => Enumerable.Range((int)first, (int)(last - first + 1)).Select(i => (long)i);
}
