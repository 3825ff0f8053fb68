using StackExchange.Redis;

namespace OrleansAgents.Redis;

/// <summary>Hears from Redis that the feed of a partition has grown, whoever wrote to it.</summary>
internal sealed class FeedSignals(RedisServers servers, RedisKeys keys)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource[] _next = [.. Enumerable.Range(0, keys.Partitions).Select(_ => NewSource())];
    private Task? _started;

    /// <summary>Begins to listen, once.</summary>
    public Task StartAsync()
    {
        lock (_lock)
        {
            return _started is { IsFaulted: false } ? _started
                : _started = servers.Subscriber.SubscribeAsync(keys.Channel, (_, partition) => Signal((int)partition));
        }
    }

    /// <summary>Ends with the next word of a partition from now on.</summary>
    public Task Next(int partition)
    {
        lock (_lock)
        {
            return _next[partition].Task;
        }
    }

    public void Close()
    {
        for (var partition = 0; partition < _next.Length; partition++)
        {
            Signal(partition);
        }
    }

    private void Signal(int partition)
    {
        // Another platform's, on the same channel of another database.
        if (partition < 0 || partition >= _next.Length)
        {
            return;
        }

        TaskCompletionSource next;
        lock (_lock)
        {
            (next, _next[partition]) = (_next[partition], NewSource());
        }

        next.SetResult();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
