using System.Diagnostics;

namespace OrleansAgents.Tests.Measuring;

/// <summary>How long single calls took, in a buffer that is never grown while measuring.</summary>
internal sealed class Latencies
{
    private const int Most = 2_000_000;
    private long[] _ticks = [];
    private int _count;

    public void Add(long ticks)
    {
        if (_ticks.Length == 0)
        {
            _ticks = new long[Most];
        }

        if (_count < Most)
        {
            _ticks[_count++] = ticks;
        }
    }

    public void Clear() => _count = 0;

    /// <summary>The value that a share of the calls stayed within, in microseconds; null when none was measured.</summary>
    public double? Percentile(double share)
    {
        if (_count == 0)
        {
            return null;
        }

        Array.Sort(_ticks, 0, _count);
        return _ticks[Math.Min(_count - 1, (int)(share * _count))] * 1e6 / Stopwatch.Frequency;
    }
}
