using System.Diagnostics;
using OrleansAgents.Agents;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>Whether a million messages to one agent cost the last what they cost the first.</summary>
internal static class StoreHistory
{
    public const int Callers = 128;

    private const int Parts = 10;
    private const int Commits = 100_000;

    public static async IAsyncEnumerable<Row> RunAsync()
    {
        using var directory = DataDirectory.Create();
        var store = await StoreCases.OpenAsync(directory);
        await using (store)
        {
            var load = new StoreLoad(store, agents: 1, Callers, new GroupSize());
            await foreach (var row in MeasureAsync("store history", load, directory))
            {
                yield return row;
            }

            yield return await LoadAsync("store history, load", store, new AgentId("pricer", "agent-0"));
        }
    }

    /// <summary>The rate of each tenth of a million, over that of the first, and what memory and files hold after it.</summary>
    public static async IAsyncEnumerable<Row> MeasureAsync(string name, CommitLoad load, DataDirectory directory)
    {
        // Else the first tenth would be that of code not yet compiled well, and all others look good beside it.
        await load.RunAsync(TimeSpan.FromSeconds(3));
        load.Latencies.Clear();
        var first = 0.0;
        for (var part = 1; part <= Parts; part++)
        {
            var (commits, bytes, start) = (0L, GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
            while (commits < Commits)
            {
                commits += (await load.RunAsync(TimeSpan.FromMilliseconds(100))).Calls;
            }

            var rate = commits / Stopwatch.GetElapsedTime(start).TotalSeconds;
            first = part == 1 ? rate : first;
            yield return new Row($"{name}, up to {part * Commits}")
            {
                OpsPerSecond = rate,
                P50Us = load.Latencies.Percentile(0.5),
                P99Us = load.Latencies.Percentile(0.99),
                BytesPerOp = (double)(GC.GetTotalAllocatedBytes() - bytes) / commits,
                Ratio = rate / first,
                Note = $"heap {GC.GetTotalMemory(forceFullCollection: true) >> 20} MiB, process {Environment.WorkingSet >> 20} MiB, files {directory.CountBytes() >> 20} MiB",
            };
            load.Latencies.Clear();
        }
    }

    /// <summary>How long the store takes to read the agent after all that.</summary>
    public static async Task<Row> LoadAsync(string name, SqliteAgentStore store, AgentId agent)
    {
        var start = Stopwatch.GetTimestamp();
        var record = await store.LoadAsync(agent, CancellationToken.None);
        return new Row(name) { P50Us = Stopwatch.GetElapsedTime(start).TotalMicroseconds, Note = $"{record!.Etag} commits, {record.Handled.Count} handled" };
    }
}
