using System.Diagnostics;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Measuring;

/// <summary>One of the two things that a case compares: calls of one kind under one load.</summary>
internal abstract class Variant
{
    /// <summary>How long single calls took; empty where the variant does not tell.</summary>
    public Latencies Latencies { get; } = new();

    public async Task<Slice> RunAsync(TimeSpan length)
    {
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        // From a thread of the pool, whoever asks for the slice.
        var calls = await Task.Run(() => LoadAsync(start + (long)(length.TotalSeconds * Stopwatch.Frequency)));
        var elapsed = Stopwatch.GetElapsedTime(start);
        return new Slice(calls, elapsed, Environment.CpuUsage.TotalTime - processor, GC.GetTotalAllocatedBytes(precise: true) - bytes);
    }

    /// <summary>Calls until the clock says <paramref name="end"/>, and tells how often.</summary>
    protected abstract Task<long> LoadAsync(long end);
}

/// <summary>One caller: the next call starts when the last one is answered.</summary>
internal sealed class OneCaller<TCall, TReply>(TCall call) : Variant
    where TCall : struct, ICall<TReply>
{
    protected override async Task<long> LoadAsync(long end)
    {
        var calls = 0L;
        var last = Stopwatch.GetTimestamp();
        while (last < end)
        {
            await call.AskAsync(0);
            var now = Stopwatch.GetTimestamp();
            Latencies.Add(now - last);
            last = now;
            calls++;
        }

        return calls;
    }
}

/// <summary>Waves: all targets are asked together, and all answers awaited before the next wave.</summary>
internal sealed class Waves<TCall, TReply>(TCall call, int targets) : Variant
    where TCall : struct, ICall<TReply>
{
    private readonly ValueTask<TReply>[] _wave = new ValueTask<TReply>[targets];

    protected override async Task<long> LoadAsync(long end)
    {
        var calls = 0L;
        while (Stopwatch.GetTimestamp() < end)
        {
            for (var i = 0; i < _wave.Length; i++)
            {
                _wave[i] = call.AskAsync(i);
            }

            for (var i = 0; i < _wave.Length; i++)
            {
                await _wave[i];
            }

            calls += _wave.Length;
        }

        return calls;
    }
}

/// <summary>Free-running callers, each with a target of its own: as many calls in flight as there are callers.</summary>
internal sealed class InFlight<TCall, TReply>(TCall call, int callers) : Variant
    where TCall : struct, ICall<TReply>
{
    protected override async Task<long> LoadAsync(long end) =>
        (await Task.WhenAll(Enumerable.Range(0, callers).Select(i => CallAsync(i, end)))).Sum();

    private async Task<long> CallAsync(int target, long end)
    {
        var calls = 0L;
        var last = Stopwatch.GetTimestamp();
        while (last < end)
        {
            await call.AskAsync(target);
            var now = Stopwatch.GetTimestamp();
            Latencies.Add(now - last);
            last = now;
            calls++;
        }

        return calls;
    }
}
