using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Runs;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>
/// Runs on the SQLite store, written token by token and followed while they are, beside grains that hand their tokens to
/// their readers and keep none. Every token that a run's reader gets was stored before.
/// </summary>
internal static class RunCases
{
    private const int Readers = 1000, TokensPerSecond = 20, IdleRuns = 5000, StoredRuns = 200, EventsOfARun = 50;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.0 / TokensPerSecond);

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        foreach (var row in await CompareAsync(options, $"{Readers} runs, each token stored by itself", Readers, 1, pause: null))
        {
            yield return row;
        }

        foreach (var row in await CompareAsync(options, $"{Readers} runs of {TokensPerSecond} tokens a second", Readers, 1, Pause))
        {
            yield return row;
        }

        foreach (var row in await CompareAsync(options, $"a run with {Readers} readers", 1, Readers, Pause))
        {
            yield return row;
        }

        foreach (var row in await ByHttpAsync(options, $"{Readers} runs of {TokensPerSecond} tokens a second by HTTP"))
        {
            yield return row;
        }

        if (options.Includes("run, idle"))
        {
            yield return await HoldAsync("run, idle");
        }

        if (options.Includes("run, stored"))
        {
            yield return await StoreAsync("run, stored");
        }
    }

    private static async Task<IReadOnlyList<Row>> CompareAsync(BenchmarkOptions options, string name, int runs, int readers, TimeSpan? pause)
    {
        if (!options.Includes(name))
        {
            return [];
        }

        using var directory = DataDirectory.Create();
        var ports = SiloPorts.FindFree();
        using var silo = await BenchmarkHost.StartDurableSiloAsync(store => StoreCases.Configure(store, directory), AddRuns, ports);
        using var client = await BenchmarkHost.StartClientAsync(ports);
        var ours = new RunLoad(client.Agents(), runs, readers, pause);
        var raw = new TokenStreamLoad(client.Grains(), runs * readers, pause);
        IReadOnlyList<Row> rows;
        await using (ours)
        await using (raw)
        {
            await ours.StartAsync();
            await raw.StartAsync();
            rows = await new PairedRun(options, sliceSeconds: 1).RunAsync(name, ours, raw);
        }

        await client.StopAsync();
        await silo.StopAsync();
        return [rows[0] with { Note = $"{rows[0].Note}; {(double)ours.Tokens.Read / ours.Tokens.Pieces:0.0} tokens an event" }, .. rows.Skip(1)];
    }

    private static async Task<IReadOnlyList<Row>> ByHttpAsync(BenchmarkOptions options, string name)
    {
        if (!options.Includes(name))
        {
            return [];
        }

        using var directory = DataDirectory.Create();
        var host = await HttpHost.StartAsync(silo => AddRuns(silo.UseSqliteStorage(store => StoreCases.Configure(store, directory))));
        await using (host)
        {
            using var http = host.CreateClient();
            var owner = host.Services.GetRequiredService<IAgentClient>().As(HttpHost.Caller);
            var ours = new EventStreamLoad(owner, http, Readers, Pause);
            var raw = new TokenStreamLoad(host.Services.GetRequiredService<IGrainFactory>(), Readers, Pause);
            await using (ours)
            await using (raw)
            {
                await ours.StartAsync();
                await raw.StartAsync();
                return await new PairedRun(options, sliceSeconds: 1).RunAsync(name, ours, raw);
            }
        }
    }

    /// <summary>What a run takes that an agent holds and nobody reads.</summary>
    private static async Task<Row> HoldAsync(string name)
    {
        using var directory = DataDirectory.Create();
        using var silo = await BenchmarkHost.StartDurableSiloAsync(store => StoreCases.Configure(store, directory), AddRuns);
        var store = silo.Services.GetRequiredService<SqliteAgentStore>();
        await StartHeldAsync(silo, 100);
        var before = await CountBytesAsync(store);
        await StartHeldAsync(silo, IdleRuns);
        var bytes = (await CountBytesAsync(store) - before) / (double)IdleRuns;
        await silo.StopAsync();
        return new Row(name) { BytesPerOp = bytes, Note = $"heap for each of {IdleRuns} runs that an agent has taken, with its entry in the list of its owner's runs" };
    }

    private static Task StartHeldAsync(IHost silo, int runs) => Parallel.ForAsync(
        0, runs, new ParallelOptions { MaxDegreeOfParallelism = 64 },
        async (i, stop) => await silo.Agents().StartAsync(new AgentId(HolderAgent.Kind, "all"), new Narrate(0, OneByOne: false), cancellationToken: stop));

    private static async Task<long> CountBytesAsync(SqliteAgentStore store)
    {
        await StoreProgress.RestAsync(store);
        return IdleCase.CountBytes();
    }

    /// <summary>What an event of a token takes on the disk.</summary>
    private static async Task<Row> StoreAsync(string name)
    {
        using var directory = DataDirectory.Create();
        using (var silo = await BenchmarkHost.StartDurableSiloAsync(store => StoreCases.Configure(store, directory), AddRuns))
        {
            await Parallel.ForAsync(0, StoredRuns, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, stop) =>
            {
                var agents = silo.Agents();
                var run = await agents.StartAsync(new AgentId(HolderAgent.Kind, $"{i}"), new Narrate(0, OneByOne: true), cancellationToken: stop);
                for (var token = 0; token < EventsOfARun; token++)
                {
                    var report = new RunReport(Artifact: new Artifact("story", [Part.Of("0123456789abcdef ")], Append: token > 0));
                    await agents.As(new AgentId(HolderAgent.Kind, $"{i}")).Agent(RunAddress.Of(run.Id)).TellAsync(report, cancellationToken: stop);
                }
            });
            await StoreProgress.RestAsync(silo.Services.GetRequiredService<SqliteAgentStore>());
            await silo.StopAsync();
        }

        var bytes = directory.CountBytes() / (double)(StoredRuns * EventsOfARun);
        return new Row(name) { BytesPerOp = bytes, Note = $"of the file for each of the {EventsOfARun} events of a token in {StoredRuns} runs, all else of the runs included" };
    }

    private static void AddRuns(ISiloBuilder silo) => silo.AddAgent<NarratorAgent>().AddAgent<HolderAgent>();
}
