using System.Globalization;
using Microsoft.Extensions.Hosting;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>What an agent costs that was asked once and does nothing: each side in a process of its own.</summary>
internal static class IdleCase
{
    private const int Count = 100_000;
    private const int Runs = 2;

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        var ours = new List<double>();
        var raw = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            ours.Add(await MeasureAsync(ChildCommands.HoldOurs));
            raw.Add(await MeasureAsync(ChildCommands.HoldRaw));
        }

        yield return new Row("idle, bytes per agent") { BytesPerOp = Statistics.Median(ours), Ratio = Statistics.Median(ours) / Statistics.Median(raw) };
        yield return new Row("idle, bytes per agent (raw)") { BytesPerOp = Statistics.Median(raw), Ratio = 1 };
    }

    /// <summary>In the child: activates that many, and writes the bytes that each takes.</summary>
    public static async Task HoldAsync<TCall, TReply>(IHost host, int count, Func<IHost, int, TCall> callTo)
        where TCall : struct, ICall<TReply>
    {
        using (host)
        {
            // What the first of them loads belongs to none of them.
            await callTo(host, 1).AskAsync(0);
            var before = CountBytes();
            await ActivateAsync<TCall, TReply>(host, count, callTo);
            var bytes = (CountBytes() - before) / (double)count;
            await Console.Out.WriteLineAsync(bytes.ToString("R", CultureInfo.InvariantCulture));
            await ChildProcess.WaitForEndAsync();
        }
    }

    private static async Task<double> MeasureAsync(string command)
    {
        await using var process = ChildProcess.Start(command, Count.ToString(CultureInfo.InvariantCulture));
        return double.Parse(await process.ReadLineAsync(), CultureInfo.InvariantCulture);
    }

    // In a method of its own, so that the references to the agents are gone when the bytes are counted.
    private static async Task ActivateAsync<TCall, TReply>(IHost host, int count, Func<IHost, int, TCall> callTo)
        where TCall : struct, ICall<TReply>
    {
        var call = callTo(host, count);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) => await call.AskAsync(i));
    }

    /// <summary>What the heap holds that somebody still needs.</summary>
    public static long CountBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
