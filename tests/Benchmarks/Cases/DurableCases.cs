using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansAgents.Agents;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>
/// Asks to durable agents of 500 B of state and 150 B of reply through the whole platform on the SQLite store, beside bare
/// loops that write these bytes once per ask to the same disk, as many in a transaction as the store put asks into one.
/// </summary>
internal static class DurableCases
{
    private const string History = "durable history";

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        foreach (var agents in StoreCases.Agents)
        {
            var cases = ListCases(agents).Where(c => options.Includes(c.Name)).ToArray();
            if (cases.Length == 0)
            {
                continue;
            }

            using var directory = DataDirectory.Create();
            using var host = await StartAsync(directory);
            var store = host.Services.GetRequiredService<SqliteAgentStore>();
            await new DurableLoad(store, host.Agents(), agents, callers: 1, new GroupSize()).FillAsync();
            foreach (var (name, callers, bare) in cases)
            {
                var groups = new GroupSize();
                var load = new DurableLoad(store, host.Agents(), agents, callers, groups);
                var rows = await StoreCases.CompareAsync(new PairedRun(options, sliceSeconds: 1), name, load, groups, bare);
                foreach (var row in callers == 1 ? CompareLatencies(rows) : rows)
                {
                    yield return row;
                }
            }

            await host.StopAsync();
        }

        if (options.Includes(History))
        {
            await foreach (var row in RunHistoryAsync())
            {
                yield return row;
            }
        }
    }

    private static IEnumerable<(string Name, int Callers, Func<string, GroupSize, BareLoop> Bare)> ListCases(int agents)
    {
        foreach (var callers in StoreCases.Callers)
        {
            var name = $"durable, {agents} agents, {callers} callers";
            yield return ($"{name} vs appends", callers, BareLoop.Appends);
            if (agents == StoreCases.Agents[^1])
            {
                yield return ($"{name} vs upserts", callers, (directory, groups) => BareLoop.Upserts(directory, agents, groups));
            }
        }
    }

    /// <summary>A single caller waits for one commit at a time, so its latency stands beside that of a bare one.</summary>
    private static IEnumerable<Row> CompareLatencies(IReadOnlyList<Row> rows) =>
        [.. rows, new Row($"{rows[0].Case}, p50") { P50Us = rows[0].P50Us, Ratio = rows[0].P50Us / rows[1].P50Us, Note = "p50 over that of the bare commit" }];

    private static async IAsyncEnumerable<Row> RunHistoryAsync()
    {
        using var directory = DataDirectory.Create();
        using var host = await StartAsync(directory);
        var store = host.Services.GetRequiredService<SqliteAgentStore>();
        var load = new DurableLoad(store, host.Agents(), agents: 1, StoreHistory.Callers, new GroupSize());
        await foreach (var row in StoreHistory.MeasureAsync(History, load, directory))
        {
            yield return row;
        }

        yield return await StoreHistory.LoadAsync($"{History}, load", store, new AgentId(LedgerAgent.Kind, "agent-0"));
        await host.StopAsync();
    }

    private static Task<IHost> StartAsync(DataDirectory directory) =>
        BenchmarkHost.StartDurableSiloAsync(store => StoreCases.Configure(store, directory));
}
