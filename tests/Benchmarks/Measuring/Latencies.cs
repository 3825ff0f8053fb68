using System.Diagnostics;

namespace OrleansAgents.Tests.Measuring;

/// <summary>How long single calls took, in a buffer that is never grown while measuring. Calls may overlap.</summary>
internal sealed class Latencies
{
    private const int Most = 2_000_000;
    private long[]? _ticks;
    private int _count;

    public void Add(long ticks)
    {
        var all = _ticks ?? LazyInitializer.EnsureInitialized(ref _ticks, static () => new long[Most]);
        if (_count < Most && Interlocked.Increment(ref _count) is var count and <= Most)
        {
            all[count - 1] = ticks;
        }
    }

    public void Clear() => _count = 0;

    /// <summary>The value that a share of the calls stayed within, in microseconds; null when none was measured.</summary>
    public double? Percentile(double share)
    {
        var count = Math.Min(_count, Most);
        if (_ticks is null || count == 0)
        {
            return null;
        }

        Array.Sort(_ticks, 0, count);
        return _ticks[Math.Min(count - 1, (int)(share * count))] * 1e6 / Stopwatch.Frequency;
    }
}
