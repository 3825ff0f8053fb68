using OrleansAgents.Agents;
using OrleansAgents.Topics;

namespace OrleansAgents.Sqlite;

/// <summary>The latest events of all topics in memory, so that a reader who keeps up never asks the database.</summary>
internal sealed class EventTail(long last)
{
    private const int Most = 4096;
    private const long MostBytes = 8 << 20;

    private readonly Lock _lock = new();
    private readonly (LoggedEvent? Event, int Bytes)[] _ring = new (LoggedEvent?, int)[Most];
    private int _first;
    private int _count;
    private long _before = last;
    private long _last = last;
    private long _bytes;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The last event's place.</summary>
    public long Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>Takes events that were just committed.</summary>
    public void Add(IReadOnlyList<(LoggedEvent Event, int Bytes)> events)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            foreach (var (one, bytes) in events)
            {
                while (_count == Most || (_count > 0 && _bytes + bytes > MostBytes))
                {
                    Drop();
                }

                _ring[(_first + _count++) % Most] = (one, bytes);
                _bytes += bytes;
                _last = one.Place;
            }

            (more, _more) = (_more, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        more.SetResult();
    }

    /// <summary>Ends every wait: there will be no more events.</summary>
    public void Close() => _more.TrySetException(new AgentStoreException("The store was closed while somebody waited for events."));

    /// <summary>
    /// The events behind a place, and the task that ends when there are more; null for the events when they are no longer
    /// here, with the place behind which they are.
    /// </summary>
    public (IReadOnlyList<LoggedEvent>? Events, Task More, long Before) Read(long after, int limit)
    {
        lock (_lock)
        {
            if (after < _before)
            {
                return (null, _more.Task, _before);
            }

            var start = FindBehind(after);
            var events = new LoggedEvent[Math.Min(limit, _count - start)];
            for (var i = 0; i < events.Length; i++)
            {
                events[i] = _ring[(_first + start + i) % Most].Event!;
            }

            return (events, _more.Task, _before);
        }
    }

    private int FindBehind(long after)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _ring[(_first + middle) % Most].Event!.Place > after ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private void Drop()
    {
        var (gone, bytes) = _ring[_first];
        _ring[_first] = default;
        _before = gone!.Place;
        _bytes -= bytes;
        _first = (_first + 1) % Most;
        _count--;
    }
}
