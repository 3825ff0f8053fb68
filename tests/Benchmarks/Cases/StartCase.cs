using System.Diagnostics;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;

namespace OrleansAgents.Tests.Cases;

/// <summary>From the start of a process to the first answer, agents beside a bare silo, by turns.</summary>
internal static class StartCase
{
    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        // The first start of each reads the files from the disk.
        await MeasureAsync(ChildCommands.StartOurs);
        await MeasureAsync(ChildCommands.StartRaw);
        var ours = new List<double>();
        var raw = new List<double>();
        var runs = Math.Max(3, (int)options.Seconds);
        for (var run = 0; run < runs; run++)
        {
            ours.Add(await MeasureAsync(ChildCommands.StartOurs));
            raw.Add(await MeasureAsync(ChildCommands.StartRaw));
        }

        var ratio = Statistics.Median([.. ours.Zip(raw, (a, b) => a / b)]);
        yield return Describe("start to first answer", ours, ratio);
        yield return Describe("start to first answer (raw)", raw, 1);
    }

    private static Row Describe(string name, List<double> microseconds, double ratio) => new(name)
    {
        P50Us = Statistics.Median(microseconds),
        P99Us = Statistics.Percentile(microseconds, 0.99),
        Ratio = ratio,
        Note = $"{microseconds.Count} runs",
    };

    private static async Task<double> MeasureAsync(string command)
    {
        var start = Stopwatch.GetTimestamp();
        await using var process = ChildProcess.Start(command);
        await process.ReadLineAsync();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
