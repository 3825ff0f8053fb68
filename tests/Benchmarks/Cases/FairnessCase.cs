using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>Whether callers that never pause each get their share. The ratio is the first percentile over the median caller.</summary>
internal static class FairnessCase
{
    private const int Callers = 1000;

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        using var host = await BenchmarkHost.StartAgentSiloAsync(SiloPorts.FindFree());
        var ours = AgentCall.To(host.Agents(), Callers);
        var raw = RawCall.To(host.Grains(), Callers);
        await MeasureAsync<AgentCall, QuoteReply>(ours, Math.Min(4, options.Seconds));
        yield return Describe("fairness, p1 of the median", await MeasureAsync<AgentCall, QuoteReply>(ours, options.Seconds), options);
        await MeasureAsync<RawCall, RawReply>(raw, Math.Min(4, options.Seconds));
        yield return Describe("fairness, p1 of the median (raw)", await MeasureAsync<RawCall, RawReply>(raw, options.Seconds), options) with { Ratio = null };
        await host.StopAsync();
    }

    private static async Task<double[]> MeasureAsync<TCall, TReply>(TCall call, double seconds)
        where TCall : struct, ICall<TReply>
    {
        // Timers wait behind callers that never pause, so a thread of its own keeps the time.
        var over = new StrongBox<bool>();
        var clock = new Thread(() =>
        {
            using var never = new ManualResetEventSlim();
            never.Wait(TimeSpan.FromSeconds(seconds));
            Volatile.Write(ref over.Value, true);
        });
        clock.Start();
        var served = await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Task.Run(() => CallAsync<TCall, TReply>(call, i, over))));
        return served;
    }

    private static async Task<double> CallAsync<TCall, TReply>(TCall call, int target, StrongBox<bool> over)
        where TCall : struct, ICall<TReply>
    {
        var served = 0;
        while (!Volatile.Read(ref over.Value))
        {
            await call.AskAsync(target);
            served++;
        }

        return served;
    }

    private static Row Describe(string name, double[] served, BenchmarkOptions options)
    {
        var median = Statistics.Median(served);
        var first = Statistics.Percentile(served, 0.01);
        return new Row(name)
        {
            OpsPerSecond = served.Sum() / options.Seconds,
            Ratio = median > 0 ? first / median : 0,
            Note = $"of {served.Length} callers: median {median:0}, p1 {first:0}, least {served.Min():0}, most {served.Max():0}; p1/median {(median > 0 ? first / median : 0):0.000}",
        };
    }
}
