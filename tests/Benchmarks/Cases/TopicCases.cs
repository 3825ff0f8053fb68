using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansAgents.Hosting;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;

namespace OrleansAgents.Tests.Cases;

/// <summary>
/// Topics on the SQLite log. With volatile subscribers they stand beside Orleans' memory streams, which keep nothing; with
/// durable ones beside bare appends, one for each event and subscriber. The rate is that of deliveries.
/// </summary>
internal static class TopicCases
{
    private const int EventsPerSecond = 20, Registered = 1000;

    private static readonly int[] Subscribers = [1, 10, 100, 1000];

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        foreach (var subscribers in Subscribers)
        {
            foreach (var row in await CompareWithStreamsAsync(options, $"topic, {subscribers} volatile subscribers vs streams", subscribers))
            {
                yield return row;
            }

            foreach (var row in await CompareWithAppendsAsync(options, $"topic, {subscribers} durable subscribers vs appends", subscribers))
            {
                yield return row;
            }
        }

        foreach (var row in await RunIdleAsync(options, $"topic, {EventsPerSecond} events a second"))
        {
            yield return row;
        }

        foreach (var row in await RunRegistrationAsync(options, $"topic, register {Registered} subscribers"))
        {
            yield return row;
        }
    }

    private static async Task<IReadOnlyList<Row>> CompareWithStreamsAsync(BenchmarkOptions options, string name, int subscribers) =>
        !options.Includes(name) ? [] : await WithHostAsync(async (host, _) =>
        {
            var ours = new AgentTopicLoad(host.Agents(), "prices", ListenerAgent.Kind, subscribers);
            var raw = new StreamLoad(host.Services.GetRequiredService<IClusterClient>(), "prices", subscribers);
            await ours.SubscribeAsync();
            await raw.SubscribeAsync();
            return Describe(await new PairedRun(options, sliceSeconds: 1).RunAsync(name, ours, raw), ours, subscribers);
        });

    private static async Task<IReadOnlyList<Row>> CompareWithAppendsAsync(BenchmarkOptions options, string name, int subscribers) =>
        !options.Includes(name) ? [] : await WithHostAsync(async (host, store) =>
        {
            var groups = new GroupSize();
            var ours = new DurableTopicLoad(store, host.Agents(), "prices", subscribers, groups);
            await ours.SubscribeAsync();
            return Describe(
                await StoreCases.CompareAsync(new PairedRun(options, sliceSeconds: 1), name, ours, groups, BareLoop.Appends), ours, subscribers);
        });

    private static IReadOnlyList<Row> Describe(IReadOnlyList<Row> rows, TopicLoad ours, int subscribers) =>
        [rows[0] with { Note = $"{rows[0].Note}; {rows[0].OpsPerSecond / subscribers:0} published/s, {ours.OnTheirWay} on their way" }, .. rows.Skip(1)];

    /// <summary>How long an event takes where nothing else is to be done.</summary>
    private static async Task<IReadOnlyList<Row>> RunIdleAsync(BenchmarkOptions options, string name) =>
        !options.Includes(name) ? [] : await WithHostAsync(async (host, _) =>
        {
            (string Name, TopicLoad Load)[] loads =
            [
                (name, new AgentTopicLoad(host.Agents(), "prices", ListenerAgent.Kind, 1)),
                ($"{name}, durable subscriber", new AgentTopicLoad(host.Agents(), "durable-prices", DurableListenerAgent.Kind, 1)),
                ($"{name} (raw)", new StreamLoad(host.Services.GetRequiredService<IClusterClient>(), "prices", 1)),
            ];
            foreach (var (_, load) in loads)
            {
                await load.SubscribeAsync();
                await load.RunAsync(TimeSpan.FromSeconds(0.5));
                load.Latencies.Clear();
            }

            // In turn, and spread over the interval, so that none stands in another's way.
            var pause = TimeSpan.FromSeconds(1.0 / EventsPerSecond / loads.Length);
            for (var i = 0; i < options.Seconds * EventsPerSecond; i++)
            {
                foreach (var (_, load) in loads)
                {
                    await Task.WhenAll(load.PublishNextAsync(), Task.Delay(pause, TimeProvider.System));
                }
            }

            await Task.WhenAll(loads.Select(l => l.Load.Deliveries.DrainAsync()));
            return (IReadOnlyList<Row>)[.. loads.Select(l => new Row(l.Name) { P50Us = l.Load.Latencies.Percentile(0.5), P99Us = l.Load.Latencies.Percentile(0.99) })];
        });

    /// <summary>How long it takes to subscribe many at once. Streams take so long that once has to do.</summary>
    private static async Task<IReadOnlyList<Row>> RunRegistrationAsync(BenchmarkOptions options, string name) =>
        !options.Includes(name) ? [] : await WithHostAsync(async (host, _) =>
        {
            var seconds = new List<double>();
            for (var i = 0; i < 6; i++)
            {
                seconds.Add(await TimeAsync(new AgentTopicLoad(host.Agents(), $"prices{i}", ListenerAgent.Kind, Registered)));
            }

            var ours = Statistics.Median(seconds);
            var raw = await TimeAsync(new StreamLoad(host.Services.GetRequiredService<IClusterClient>(), "prices", Registered));
            return (IReadOnlyList<Row>)
            [
                new Row(name) { OpsPerSecond = Registered / ours, Ratio = raw / ours, Note = $"{ours:0.000} s for all; the first time, with the program's start, {seconds[0]:0.000} s" },
                new Row($"{name} (raw)") { OpsPerSecond = Registered / raw, Ratio = 1, Note = $"{raw:0.000} s for all" },
            ];
        });

    private static async Task<double> TimeAsync(TopicLoad load)
    {
        var start = Stopwatch.GetTimestamp();
        await load.SubscribeAsync();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<T> WithHostAsync<T>(Func<IHost, SqliteAgentStore, Task<T>> run)
    {
        using var directory = DataDirectory.Create();
        using var host = await BenchmarkHost.StartDurableSiloAsync(store => StoreCases.Configure(store, directory), AddStreams);
        var result = await run(host, host.Services.GetRequiredService<SqliteAgentStore>());
        await host.StopAsync();
        return result;
    }

    // One queue, because there is one stream; looked at ten times as often as by default, so that pauses do not count.
    private static void AddStreams(ISiloBuilder silo) => silo
        .AddAgent<ListenerAgent>()
        .AddAgent<DurableListenerAgent>()
        .AddMemoryGrainStorage("PubSubStore")
        .AddMemoryStreams(Listeners.Streams, streams =>
        {
            streams.ConfigurePartitioning(numOfQueues: 1);
            streams.ConfigurePullingAgent(agent => agent.Configure(o => o.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(10)));
        });
}
