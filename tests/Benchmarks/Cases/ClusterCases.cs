using System.Diagnostics;
using OrleansAgents.Agents;
using OrleansAgents.Tests.Hosting;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Tests.Workload;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Cases;

/// <summary>
/// One, two and three silos on one Redis, each in a process of its own, asked by a client in this one. Volatile agents
/// stand beside plain grains in the same silos, durable ones beside grains on Orleans' own Redis storage.
/// </summary>
internal static class ClusterCases
{
    private const int Targets = 100, EventsPerSecond = 20;

    private static readonly int[] Silos = [1, 2, 3];
    private static readonly int[] Subscribers = [1, 10, 100];

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        foreach (var silos in Silos)
        {
            var name = $"cluster, {silos} silos";
            if (options.Only is not null && !options.Only.Contains(name, StringComparison.OrdinalIgnoreCase) && options.Only.StartsWith("cluster, ", StringComparison.Ordinal))
            {
                continue;
            }

            await using var cluster = await ClusterProcesses.StartAsync(silos);
            await foreach (var row in CompareAsync(options, name, cluster))
            {
                yield return row;
            }

            foreach (var subscribers in Subscribers)
            {
                foreach (var row in await PublishAsync(options, $"{name}, topic, {subscribers} subscribers", cluster, subscribers))
                {
                    yield return row;
                }
            }
        }
    }

    private static async IAsyncEnumerable<Row> CompareAsync(BenchmarkOptions options, string name, ClusterProcesses cluster)
    {
        var pairs = new PairedRun(options);
        var agents = AgentCall.To(cluster.Client.Agents(), Targets);
        var raw = RawCall.To(cluster.Client.Grains(), Targets);
        await Check.AnswersAsync(agents, raw, AgentJsonCall.To(cluster.Client.Agents(), Targets));
        var ledgers = LedgerCall.To(cluster.Client.Agents(), Targets);
        var rawLedgers = RawLedgerCall.To(cluster.Client.Grains(), Targets);
        (string Name, Func<Task<IReadOnlyList<Row>>> Run)[] cases =
        [
            ("volatile ask, 1 caller", () => pairs.RunAsync(
                $"{name}, volatile ask, 1 caller", new OneCaller<AgentCall, QuoteReply>(agents), new OneCaller<RawCall, RawReply>(raw))),
            ("volatile ask, 100 in flight", () => pairs.RunAsync(
                $"{name}, volatile ask, 100 in flight", new InFlight<AgentCall, QuoteReply>(agents, Targets), new InFlight<RawCall, RawReply>(raw, Targets))),
            ("durable ask, 1 caller", () => pairs.RunAsync(
                $"{name}, durable ask, 1 caller", new OneCaller<LedgerCall, Booked>(ledgers), new OneCaller<RawLedgerCall, RawBooked>(rawLedgers))),
            ("durable ask, 100 in flight", () => pairs.RunAsync(
                $"{name}, durable ask, 100 in flight", new InFlight<LedgerCall, Booked>(ledgers, Targets), new InFlight<RawLedgerCall, RawBooked>(rawLedgers, Targets))),
        ];
        foreach (var one in cases)
        {
            foreach (var row in await one.Run())
            {
                yield return row;
            }
        }
    }

    /// <summary>Deliveries a second with many publishers, and how late events are at a low rate.</summary>
    private static async Task<IReadOnlyList<Row>> PublishAsync(BenchmarkOptions options, string name, ClusterProcesses cluster, int subscribers)
    {
        if (!options.Includes(name))
        {
            return [];
        }

        var client = cluster.Client.Agents();
        var busy = await SubscribeAsync(client, $"busy-{subscribers}", subscribers);
        var start = Stopwatch.GetTimestamp();
        var published = await PublishUntilAsync(busy.Topic, start + (long)(options.Seconds * Stopwatch.Frequency));
        await ReadAsync(busy.Meters, published);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        var idle = await SubscribeAsync(client, $"idle-{subscribers}", subscribers);
        var count = (int)(options.Seconds * EventsPerSecond);
        for (var i = 0; i < count; i++)
        {
            await Task.WhenAll(idle.Topic.PublishAsync(new Stamped(Stopwatch.GetTimestamp())).AsTask(), Task.Delay(TimeSpan.FromSeconds(1.0 / EventsPerSecond), TimeProvider.System));
        }

        double[] late = [.. (await ReadAsync(idle.Meters, count)).SelectMany(m => m.Ticks).Select(t => t * 1e6 / Stopwatch.Frequency)];
        return
        [
            new Row(name) { OpsPerSecond = published * subscribers / seconds, Note = $"deliveries; {published / seconds:0} published/s" },
            new Row($"{name}, {EventsPerSecond} events a second") { P50Us = Statistics.Percentile(late, 0.5), P99Us = Statistics.Percentile(late, 0.99), Note = "publish to handler" },
        ];
    }

    private static async Task<(TopicHandle Topic, AgentHandle[] Meters)> SubscribeAsync(IAgentClient client, string topic, int subscribers)
    {
        var meters = Enumerable.Range(0, subscribers).Select(i => client.Agent(new AgentId(MeterAgent.Kind, $"{topic}-{i}"))).ToArray();
        var agent = client.Agent(new TopicId(topic).Agent);
        foreach (var meter in meters)
        {
            await agent.AskAsync(new TopicSubscribe(meter.Id.ToString()));
        }

        return (client.Topic(topic), meters);
    }

    private static async Task<int> PublishUntilAsync(TopicHandle topic, long end)
    {
        var published = await Task.WhenAll(Enumerable.Range(0, Targets).Select(async _ =>
        {
            var mine = 0;
            for (; Stopwatch.GetTimestamp() < end; mine++)
            {
                Check.That((await topic.PublishAsync(new Stamped(Stopwatch.GetTimestamp()))).IsAccepted, "An event was refused.");
            }

            return mine;
        }));
        return published.Sum();
    }

    /// <summary>Waits until every subscriber has had all events.</summary>
    private static async Task<Metered[]> ReadAsync(AgentHandle[] meters, int events)
    {
        while (true)
        {
            var read = await Task.WhenAll(meters.Select(m => m.AskAsync(new ReadMeter()).AsTask()));
            if (read.All(m => m.Count >= events))
            {
                return read;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
