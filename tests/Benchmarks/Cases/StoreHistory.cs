using System.Diagnostics;
using OrleansAgents.Agents;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>Whether a million messages to one agent cost the last what they cost the first.</summary>
internal static class StoreHistory
{
    private const int Parts = 10;
    private const int Commits = 100_000;

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        foreach (var row in await StoreCases.WithStoreAsync((store, directory) => MeasureAsync(store, directory)))
        {
            yield return row;
        }
    }

    private static async Task<List<Row>> MeasureAsync(Sqlite.SqliteAgentStore store, string directory)
    {
        var rows = new List<Row>();
        var load = new StoreLoad(store, agents: 1, callers: 128, new GroupSize());
        for (var part = 1; part <= Parts; part++)
        {
            var (commits, bytes, start) = (0L, GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
            while (commits < Commits)
            {
                commits += (await load.RunAsync(TimeSpan.FromMilliseconds(100))).Calls;
            }

            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            rows.Add(new Row($"store history, up to {part * Commits}")
            {
                OpsPerSecond = commits / seconds,
                BytesPerOp = (double)(GC.GetTotalAllocatedBytes() - bytes) / commits,
                Ratio = part == 1 ? 1 : commits / seconds / rows[0].OpsPerSecond,
                Note = $"heap {GC.GetTotalMemory(forceFullCollection: true) >> 20} MiB, process {Environment.WorkingSet >> 20} MiB, files {Size(directory) >> 20} MiB",
            });
        }

        rows.Add(await LoadAsync(store));
        return rows;
    }

    private static async Task<Row> LoadAsync(Sqlite.SqliteAgentStore store)
    {
        var start = Stopwatch.GetTimestamp();
        var record = await store.LoadAsync(new AgentId("pricer", "agent-0"), CancellationToken.None);
        return new Row("store history, load") { P50Us = Stopwatch.GetElapsedTime(start).TotalMicroseconds, Note = $"{record!.Etag} commits, {record.Handled.Count} handled" };
    }

    private static long Size(string directory) => new DirectoryInfo(directory).EnumerateFiles().Sum(file => file.Length);
}
