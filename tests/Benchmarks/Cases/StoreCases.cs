using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>
/// Commits of 500 B of state and 150 B of reply through the SQLite store, its upkeep running, beside bare loops that write
/// the same bytes to the same disk in groups of the same size: appended, and put at random keys.
/// </summary>
internal static class StoreCases
{
    /// <summary>The grid of agents and callers.</summary>
    public static readonly int[] Agents = [1, 100, 100_000], Callers = [1, 128, 1000];

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
            await foreach (var row in StoreHistory.RunAsync())
            {
                yield return row;
            }
        }
    }

    /// <summary>The settings of the store that is measured.</summary>
    public static void Configure(SqliteStoreOptions options, DataDirectory directory)
    {
        options.DataDirectory = directory.Path;
        // The bare loop has half of the time, in which nothing is to be folded.
        options.FoldInterval = TimeSpan.FromSeconds(10);
    }

    public static async Task<SqliteAgentStore> OpenAsync(DataDirectory directory)
    {
        var options = new SqliteStoreOptions();
        Configure(options, directory);
        var store = new SqliteAgentStore(options);
        await store.OpenAsync();
        return store;
    }

    /// <summary>A load beside a bare loop in groups of its size.</summary>
    public static async Task<IReadOnlyList<Row>> CompareAsync(
        PairedRun run, string name, Variant ours, GroupSize groups, Func<string, GroupSize, BareLoop> bare)
    {
        using var directory = DataDirectory.Create();
        using var loop = bare(directory.Path, groups);
        var rows = await run.RunAsync(name, ours, loop);
        return [rows[0] with { Note = $"{rows[0].Note}, groups of {groups.Value}" }, .. rows.Skip(1)];
    }

    private static async Task<IReadOnlyList<Row>> CompareAsync(
        PairedRun run, BenchmarkOptions options, string name, int agents, int callers, Func<string, GroupSize, BareLoop> bare)
    {
        if (!options.Includes(name))
        {
            return [];
        }

        using var directory = DataDirectory.Create();
        var store = await OpenAsync(directory);
        await using (store)
        {
            var groups = new GroupSize();
            var ours = new StoreLoad(store, agents, callers, groups);
            await ours.FillAsync();
            return await CompareAsync(run, name, ours, groups, bare);
        }
    }
}
