using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Hosting;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>
/// A million agents registered in a directory on SQLite, in one process: what registering them costs, what they take in
/// memory, and how long a search takes beside one grain that has all of them in a list. An argument gives another number.
/// </summary>
internal static class DirectoryCases
{
    private const int Registered = 1_000_000, InFlight = 1000, Limit = 100;

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        var count = options.Arguments.Count > 0 ? int.Parse(options.Arguments[0], CultureInfo.InvariantCulture) : Registered;
        using var directory = DataDirectory.Create();
        using var host = await BenchmarkHost.StartDurableSiloAsync(store => StoreCases.Configure(store, directory), silo => silo.AddAgent<WorkerAgent>());
        var client = host.Agents();
        // All shards are there, and what the first calls load belongs to no registration.
        await CheckAsync(client, DirectoryLoad.Rare, total: 0);
        yield return await FillAsync(host, directory, count);

        var raw = host.Grains().GetGrain<IRawDirectory>("all");
        var before = CountHeap();
        await raw.FillAsync(count);
        yield return new Row("directory, register (raw)") { BytesPerOp = (CountHeap() - before) / (double)count, Ratio = 1, Note = "one grain, in memory only" };

        await CheckAsync(client, DirectoryLoad.Rare, (count + 999) / 1000);
        await CheckAsync(client, DirectoryLoad.Common, (count + 9) / 10);
        foreach (var (capability, tags, name) in ((string, string[]?, string)[])
            [(DirectoryLoad.Rare, null, "rare"), (DirectoryLoad.Common, null, "common"), (DirectoryLoad.Common, [DirectoryLoad.Region], "common with a tag")])
        {
            var ours = new OneCaller<FindCall, FoundAgents>(new FindCall(client, capability, tags, Limit));
            var reference = new OneCaller<RawFindCall, RawFound>(new RawFindCall(raw, capability, Limit));
            foreach (var row in await new PairedRun(options).RunAsync($"directory, find {name}", ours, reference))
            {
                yield return row;
            }
        }

        await host.StopAsync();
    }

    private static async Task<Row> FillAsync(IHost host, DataDirectory directory, int count)
    {
        var client = host.Agents();
        var store = host.Services.GetRequiredService<SqliteAgentStore>();
        var latencies = new Latencies();
        // Its buffer is none of the directory's.
        latencies.Add(0);
        latencies.Clear();
        var (heap, process) = (CountHeap(), Environment.WorkingSet);
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = InFlight }, async (i, stop) =>
        {
            var began = Stopwatch.GetTimestamp();
            var reply = await client.SendAsync(DirectoryLoad.Message(i), cancellationToken: stop);
            latencies.Add(Stopwatch.GetTimestamp() - began);
            if (reply.Refusal is { } refusal)
            {
                throw new InvalidOperationException($"A registration was refused: {refusal.Message}");
            }
        });
        var elapsed = Stopwatch.GetElapsedTime(start);
        await store.RunOnWriterAsync(open => open.Fold());
        await StoreProgress.RestAsync(store);
        return new Row("directory, register")
        {
            OpsPerSecond = count / elapsed.TotalSeconds,
            P50Us = latencies.Percentile(0.5),
            P99Us = latencies.Percentile(0.99),
            BytesPerOp = (CountHeap() - heap) / (double)count,
            Note = $"{count} agents, {InFlight} in flight; bytes are those left on the heap, the process grew by {(Environment.WorkingSet - process) / count}; files {directory.CountBytes() >> 20} MiB",
        };
    }

    private static async Task CheckAsync(IAgentClient client, string capability, int total)
    {
        var found = await client.FindAsync(capability, limit: Limit, within: TimeSpan.FromSeconds(30));
        Check.That(found.Missing.Count == 0 && found.Total == total && found.Agents.Count == Math.Min(total, Limit), $"found {found.Total} of {total}, {found.Missing.Count} shards missing");
    }

    private static long CountHeap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
