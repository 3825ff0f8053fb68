using OrleansAgents.Topics;

namespace OrleansAgents.Memory;

/// <summary>The events of all topics in memory, in the order they were appended. Nothing is ever removed.</summary>
internal sealed class MemoryEvents
{
    private readonly Lock _lock = new();
    private readonly List<LoggedEvent> _all = [];
    private readonly Dictionary<TopicId, List<TopicEvent>> _topics = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _checkpoint;

    public long Checkpoint => Interlocked.Read(ref _checkpoint);

    public void SaveCheckpoint(long place)
    {
        lock (_lock)
        {
            _checkpoint = Math.Max(_checkpoint, place);
        }
    }

    public void Append(TopicId topic, IReadOnlyList<TopicEvent> events)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            if (!_topics.TryGetValue(topic, out var log))
            {
                _topics[topic] = log = [];
            }

            foreach (var one in events)
            {
                log.Add(one);
                _all.Add(new LoggedEvent(_all.Count + 1, topic, one));
            }

            (more, _more) = (_more, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        more.SetResult();
    }

    public IReadOnlyList<TopicEvent> Read(TopicId topic, long after, int limit)
    {
        lock (_lock)
        {
            return _topics.TryGetValue(topic, out var log) ? Slice(log, after, limit) : [];
        }
    }

    public long Find(TopicId topic, DateTimeOffset at)
    {
        lock (_lock)
        {
            var found = _topics.TryGetValue(topic, out var log) ? log.FindIndex(e => e.At >= at) : 0;
            return found < 0 ? log!.Count : found;
        }
    }

    public async ValueTask<IReadOnlyList<LoggedEvent>> ReadAllAsync(long? after, int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                after ??= _all.Count;
                if (after < _all.Count)
                {
                    return Slice(_all, after.Value, limit);
                }

                more = _more.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    private static List<T> Slice<T>(List<T> log, long after, int limit)
    {
        var start = (int)Math.Clamp(after, 0, log.Count);
        return log.GetRange(start, Math.Min(limit, log.Count - start));
    }
}
