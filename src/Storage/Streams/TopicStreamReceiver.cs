using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Topics;

namespace OrleansAgents.Streams;

/// <summary>
/// Reads the events of all topics as they are appended. It waits for them, so Orleans need not ask often; the wait ends
/// now and then, because Orleans does its own upkeep in between.
/// </summary>
internal sealed class TopicStreamReceiver(ITopicLog log) : IQueueAdapterReceiver
{
    private const int ReadAtOnce = 256;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _shutdown = new();
    private Task<IReadOnlyList<LoggedEvent>>? _reading;
    private long? _after;

    public Task Initialize(TimeSpan timeout)
    {
        // Not with the first question for messages: what is appended from here on counts.
        _reading = ReadAsync();
        return Task.CompletedTask;
    }

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) => GetQueueMessagesAsync(maxCount, CancellationToken.None);

    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken)
    {
        var reading = _reading ??= ReadAsync();
        // The wait of a test's clock would never end, and this is none of the agents' time.
        await ((Task)reading).WaitAsync(LongestWait, TimeProvider.System, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (!reading.IsCompleted)
        {
            return [];
        }

        _reading = null;
        if (_shutdown.IsCancellationRequested)
        {
            return [];
        }

        var events = await reading;
        _after = events[^1].Place;
        return Wrap(events);
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public async Task Shutdown(TimeSpan timeout)
    {
        await _shutdown.CancelAsync();
        if (_reading is { } reading)
        {
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _shutdown.Dispose();
    }

    private static List<IBatchContainer> Wrap(IReadOnlyList<LoggedEvent> events)
    {
        var wrapped = new List<IBatchContainer>(events.Count);
        TopicId topic = default;
        StreamId stream = default;
        foreach (var one in events)
        {
            if (one.Topic != topic)
            {
                (topic, stream) = (one.Topic, TopicStreamFactory.StreamOf(one.Topic));
            }

            wrapped.Add(StreamedEvent.Of(stream, one.Event));
        }

        return wrapped;
    }

    private Task<IReadOnlyList<LoggedEvent>> ReadAsync() => log.ReadAllAsync(_after, ReadAtOnce, _shutdown.Token).AsTask();
}
