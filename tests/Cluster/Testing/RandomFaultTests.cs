using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Testing;

/// <summary>Everything goes wrong by chance, seed after seed, and in the end every effect is there exactly once.</summary>
public sealed class RandomFaultTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 60, Hops = 12, Events = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Effects_UnderRandomFaults_HappenExactlyOnce(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        faults.Link().DropRequest(When.Chance(0.04)).DropReply(When.Chance(0.04)).Duplicate(When.Chance(0.08))
            .Delay(When.Chance(0.05), TimeSpan.FromMilliseconds(5)).Reorder(When.Chance(0.04));
        faults.Commits().FailBefore(When.Chance(0.03)).FailAfter(When.Chance(0.03));
        faults.Restart("hop/*", When.Chance(0.03)).Restart("tally/*", When.Chance(0.03)).Restart("topic/*", When.Chance(0.03));
        await using var cluster = await AgentTestCluster.StartAsync(options =>
        {
            (options.Faults, options.Store) = (faults, store);
            options.AddAgent<HopAgent>().AddAgent<TallyAgent>().ConfigureAgents(agents =>
            {
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromMilliseconds(300);
            });
        }, token);
        await LoadAsync(cluster, token);
        var expected = (Tally(0) + Tally(1), 2 * Events);
        var seen = await CountAsync(cluster, expected, token);
        faults.Pause();
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), token);
        // A run in which nothing went wrong proves nothing.
        Assert.NotEmpty(faults.Injected);
        Assert.True(seen == expected && await ReadAsync(cluster, token) == expected, $"Expected {expected} and found {seen}, then {await ReadAsync(cluster, token)}, with {faults}");
    }

    private static async Task LoadAsync(AgentTestCluster cluster, CancellationToken token)
    {
        await Parallel.ForAsync(0, 2, token, async (i, _) => await SendAsync(cluster, $"tally/{i}", new Follow("events"), token));
        await Parallel.ForAsync(0, Hops, token, async (i, _) => await SendAsync(cluster, $"hop/{i % 2}", new Hop($"tally/{i % 2}"), token));
        await Parallel.ForAsync(0, Events, token, async (i, _) => await SendAsync(cluster, "topic/events", new Happened(i), token));
    }

    /// <summary>Sends with one id until it is acknowledged, as a program does that must not lose it.</summary>
    private static async Task SendAsync<TMessage>(AgentTestCluster cluster, AgentId to, TMessage message, CancellationToken token)
        where TMessage : notnull
    {
        var envelope = Envelope.Create("client/test", to, message);
        while (true)
        {
            try
            {
                var reply = await cluster.Client.SendAsync(envelope, new SendOptions { Timeout = TimeSpan.FromSeconds(5) }, token);
                if (reply.Refusal is null)
                {
                    return;
                }
            }
            catch (AgentTimeoutException)
            {
                // The outcome is unknown, which is what the id is for.
            }
        }
    }

    private static async Task<(int Hops, int Events)> CountAsync(AgentTestCluster cluster, (int Hops, int Events) expected, CancellationToken token)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var seen = (Hops: 0, Events: 0);
        while ((seen.Hops < expected.Hops || seen.Events < expected.Events) && !patience.IsCancellationRequested)
        {
            seen = await ReadAsync(cluster, token);
        }

        return seen;
    }

    private static async Task<(int Hops, int Events)> ReadAsync(AgentTestCluster cluster, CancellationToken token)
    {
        var (hops, events) = (0, 0);
        for (var i = 0; i < 2; i++)
        {
            try
            {
                var count = await cluster.Client.Agent($"tally/{i}").AskAsync(new ReadTally(), cancellationToken: token);
                (hops, events) = (hops + count.Hops, events + count.Events);
            }
            catch (AgentException)
            {
                // A query meets the faults too; it is asked again.
            }
        }

        return (hops, events);
    }

    private static int Tally(int which) => Enumerable.Range(0, Hops).Count(i => i % 2 == which);
}

[Contract("test.hop")]
public sealed record Hop(string To);

[Contract("test.hopped")]
public sealed record Hopped;

[Contract("test.happened")]
public sealed record Happened(int Number);

[Contract("test.follow")]
public sealed record Follow(string Topic);

[Contract("test.read-tally")]
public sealed record ReadTally : IQuery<TallyCount>;

public sealed record TallyCount(int Hops, int Events);

public sealed class TallyState
{
    public int Hops { get; set; }

    public int Events { get; set; }
}

[Agent("hop")]
public sealed class HopAgent : Agent<TallyState>, IHandle<Hop>
{
    public ValueTask HandleAsync(Hop message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Hops++;
        context.Tell(message.To, new Hopped());
        return default;
    }
}

[Agent("tally")]
public sealed class TallyAgent : Agent<TallyState>, IHandle<Hopped>, IHandle<Happened>, IHandle<Follow>, IHandle<ReadTally, TallyCount>
{
    public ValueTask HandleAsync(Hopped message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Hops++;
        return default;
    }

    public ValueTask HandleAsync(Happened message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Events++;
        return default;
    }

    public async ValueTask HandleAsync(Follow message, AgentContext context, CancellationToken cancellationToken) =>
        await context.SubscribeAsync(new OrleansAgents.Topics.TopicId(message.Topic), cancellationToken);

    public ValueTask<TallyCount> HandleAsync(ReadTally request, AgentContext context, CancellationToken cancellationToken) =>
        new(new TallyCount(State.Hops, State.Events));
}
