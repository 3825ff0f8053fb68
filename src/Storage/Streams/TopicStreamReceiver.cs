using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Topics;

namespace OrleansAgents.Streams;

/// <summary>
/// Reads the events of all topics of a partition as they are appended, from where the last reader's checkpoint stands. It
/// waits for them, so Orleans need not ask often; the wait ends now and then, because Orleans does its own upkeep in between.
/// </summary>
internal sealed class TopicStreamReceiver(ITopicLog log, int partition, StreamProgress progress) : IQueueAdapterReceiver
{
    private const int ReadAtOnce = 256;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SavePeriod = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _shutdown = new();
    private Task<IReadOnlyList<LoggedEvent>>? _reading;
    private long? _after;
    private long _saved;
    private long _savedAt = TimeProvider.System.GetTimestamp();

    public Task Initialize(TimeSpan timeout)
    {
        _reading = ReadAsync();
        return Task.CompletedTask;
    }

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) => GetQueueMessagesAsync(maxCount, CancellationToken.None);

    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken)
    {
        if (progress.Reached > _saved && TimeProvider.System.GetElapsedTime(_savedAt) >= SavePeriod)
        {
            await SaveAsync(cancellationToken);
        }

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
        if (progress.Reached > _saved)
        {
            using var end = new CancellationTokenSource(timeout, TimeProvider.System);
            await SaveAsync(end.Token);
        }
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

            wrapped.Add(StreamedEvent.Of(stream, one.Event, one.Place));
        }

        return wrapped;
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        var reached = progress.Reached;
        await log.SaveCheckpointAsync(partition, reached, cancellationToken);
        (_saved, _savedAt) = (reached, TimeProvider.System.GetTimestamp());
    }

    private async Task<IReadOnlyList<LoggedEvent>> ReadAsync()
    {
        // Here, because Orleans goes on after an Initialize that failed.
        _after ??= await log.LoadCheckpointAsync(partition, _shutdown.Token);
        return await log.ReadAllAsync(partition, _after, ReadAtOnce, _shutdown.Token);
    }
}
