using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>
/// Commits of 500 B of state and 150 B of reply through the SQLite store, its upkeep running, beside bare loops that write
/// the same bytes to the same disk in groups of the same size: appended, and put at random keys.
/// </summary>
internal static class StoreCases
{
    private static readonly int[] Agents = [1, 100, 100_000];
    private static readonly int[] Callers = [1, 128, 1000];

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        var run = new PairedRun(options, sliceSeconds: 1);
        foreach (var agents in Agents)
        {
            foreach (var callers in Callers)
            {
                var name = $"store, {agents} agents, {callers} callers";
                foreach (var row in await CompareAsync(run, options, $"{name} vs appends", agents, callers, BareLoop.Appends))
                {
                    yield return row;
                }

                foreach (var row in await CompareAsync(run, options, $"{name} vs upserts", agents, callers, (d, g) => BareLoop.Upserts(d, agents, g)))
                {
                    yield return row;
                }
            }
        }

        if (options.Includes("store history"))
        {
            await foreach (var row in StoreHistory.RunAsync(options))
            {
                yield return row;
            }
        }
    }

    /// <summary>Runs with an open store in a new directory, and removes that.</summary>
    public static async Task<T> WithStoreAsync<T>(Func<SqliteAgentStore, string, Task<T>> run)
    {
        // Where the program stands, because a temporary directory may be memory.
        var directory = Directory.CreateDirectory(Path.Combine(Environment.CurrentDirectory, $"store-benchmark-{Environment.ProcessId}")).FullName;
        try
        {
            // The bare loop has half of the time, in which nothing is to be folded.
            var store = new SqliteAgentStore(new SqliteStoreOptions { DataDirectory = directory, FoldInterval = TimeSpan.FromSeconds(10) });
            await using (store)
            {
                await store.OpenAsync();
                return await run(store, directory);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Row>> CompareAsync(
        PairedRun run, BenchmarkOptions options, string name, int agents, int callers, Func<string, GroupSize, BareLoop> bare) =>
        !options.Includes(name) ? [] : await WithStoreAsync(async (store, directory) =>
        {
            var groups = new GroupSize();
            var ours = new StoreLoad(store, agents, callers, groups);
            await ours.FillAsync();
            using var loop = bare(directory, groups);
            var rows = await run.RunAsync(name, ours, loop);
            return (IReadOnlyList<Row>)[rows[0] with { Note = $"{rows[0].Note}, groups of {groups.Value}" }, .. rows.Skip(1)];
        });
}
