using System.Diagnostics;
using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Agents;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Measuring;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Workload;

/// <summary>Many publishers to one topic; what counts is an event handled by a subscriber.</summary>
internal abstract class TopicLoad : Variant
{
    private const int MostPublishers = 1000, MostDeliveries = 1 << 16;

    private readonly int _subscribers;

    protected TopicLoad(string topic, int subscribers)
    {
        (Topic, _subscribers) = (topic, subscribers);
        OnTheirWay = Math.Clamp(MostDeliveries / subscribers, 1, 4096);
        Deliveries = new Deliveries(subscribers, OnTheirWay, Latencies);
    }

    public Deliveries Deliveries { get; }

    /// <summary>How many events may be published and not yet handled by all.</summary>
    public int OnTheirWay { get; }

    protected string Topic { get; }

    /// <summary>How many may subscribe together.</summary>
    protected virtual int SubscribedAtOnce => 1000;

    /// <summary>Makes the subscribers known to the topic.</summary>
    public async Task SubscribeAsync()
    {
        foreach (var some in Enumerable.Range(0, _subscribers).Chunk(SubscribedAtOnce))
        {
            await Task.WhenAll(some.Select(i => SubscribeAsync(Listeners.Name(Topic, i))));
        }
    }

    /// <summary>Publishes one event, and waits for its place when too many are on their way.</summary>
    public async Task PublishNextAsync() => await PublishAsync(await Deliveries.NextAsync());

    protected abstract Task SubscribeAsync(string subscriber);

    protected abstract Task PublishAsync(PriceChanged message);

    protected override async Task<long> LoadAsync(long end)
    {
        var before = Deliveries.Published;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(MostPublishers, OnTheirWay)).Select(_ => Task.Run(() => PublishUntilAsync(end))));
        await Deliveries.DrainAsync();
        return (long)(Deliveries.Published - before) * _subscribers;
    }

    private async Task PublishUntilAsync(long end)
    {
        while (Stopwatch.GetTimestamp() < end)
        {
            await PublishNextAsync();
        }
    }
}

/// <summary>A topic of ours.</summary>
internal class AgentTopicLoad(IAgentClient client, string topic, string kind, int subscribers) : TopicLoad(topic, subscribers)
{
    private readonly TopicHandle _topic = client.Topic(topic);
    private readonly AgentHandle _agent = client.Agent(new TopicId(topic).Agent);

    protected override async Task SubscribeAsync(string subscriber) => await _agent.AskAsync(new TopicSubscribe($"{kind}/{subscriber}"));

    protected override async Task PublishAsync(PriceChanged message)
    {
        var receipt = await _topic.PublishAsync(message);
        if (!receipt.IsAccepted)
        {
            throw new InvalidOperationException($"An event was refused: {receipt.Refusal}");
        }
    }
}

/// <summary>A topic of ours whose subscribers commit each event; in groups that a bare loop may repeat.</summary>
internal sealed class DurableTopicLoad(SqliteAgentStore store, IAgentClient client, string topic, int subscribers, GroupSize groups)
    : AgentTopicLoad(client, topic, DurableListenerAgent.Kind, subscribers)
{
    protected override async Task<long> LoadAsync(long end)
    {
        var before = await StoreProgress.CountGroupsAsync(store);
        var deliveries = await base.LoadAsync(end);
        groups.Note(deliveries, await StoreProgress.CountGroupsAsync(store) - before);
        await StoreProgress.RestAsync(store);
        return deliveries;
    }
}

/// <summary>The reference: a stream of Orleans' own, in memory.</summary>
internal sealed class StreamLoad(IClusterClient cluster, string topic, int subscribers) : TopicLoad(topic, subscribers)
{
    private readonly IAsyncStream<PriceChanged> _stream =
        cluster.GetStreamProvider(Listeners.Streams).GetStream<PriceChanged>(StreamId.Create(Listeners.Streams, topic));

    // With more, each takes so long that some are given up on.
    protected override int SubscribedAtOnce => 50;

    protected override Task SubscribeAsync(string subscriber) => cluster.GetGrain<IListenerGrain>(subscriber).SubscribeAsync(Topic);

    protected override Task PublishAsync(PriceChanged message) => _stream.OnNextAsync(message);
}
