using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Agents;
using OrleansAgents.Tests.Testing;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Scheduling;

/// <summary>Silos die, and the others go on with what their agents had to do.</summary>
public sealed class FailoverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_OfADeadSilo_GoOnAtOnceElsewhere()
    {
        var faults = new FaultPlan(1);
        // The message does not get through before its silo is dead, and would be looked for much later.
        faults.Link("hop/a", "tally/a").DropRequest(When.Always);
        await using var cluster = await StartAsync(faults, agents => agents.WakeAfter = TimeSpan.FromMinutes(10));
        await cluster.Client.Agent("hop/a").TellAsync(new Hop("tally/a"), cancellationToken: Token);
        await faults.WaitAsync(1, Token);
        await cluster.KillSiloAsync(cluster.FindSilo("hop/a")!);
        faults.Pause();
        Assert.Equal(1, (await WaitAsync(cluster, ["tally/a"], c => c.Hops == 1)).Hops);
    }

    [Fact]
    public async Task Scheduled_WhileSilosAreKilled_ArriveOnceInEffect()
    {
        const int Agents = 40;
        var faults = new FaultPlan(7);
        faults.Link("later/*", "tally/*").DropReply(When.Chance(0.2)).Duplicate(When.Chance(0.2)).DropRequest(When.Chance(0.2));
        faults.Commits().FailAfter(When.Chance(0.03)).FailBefore(When.Chance(0.03));
        await using var cluster = await StartAsync(faults, agents => agents.WakeAfter = TimeSpan.FromSeconds(2));
        await Parallel.ForAsync(0, Agents, Token, async (i, _) =>
            await TellAsync(cluster, $"later/{i}", new Later($"tally/{i % 3}", 300 + (i * 20))));
        await cluster.KillSiloAsync(cluster.Silos[1]);
        await cluster.StartSiloAsync();
        await cluster.KillSiloAsync(cluster.Silos[1]);
        await cluster.StartSiloAsync();
        await CheckAsync(cluster, ["tally/0", "tally/1", "tally/2"], new TallyCount(Agents, 0));
        Assert.NotEmpty(faults.Injected);
    }

    [Fact]
    public async Task Topic_WhoseSilosAreKilledUnderLoad_LosesAndDoublesNothing()
    {
        const int Events = 120;
        var faults = new FaultPlan(11);
        faults.Link("topic/*", "*").DropReply(When.Chance(0.05)).Duplicate(When.Chance(0.05)).DropRequest(When.Chance(0.05));
        faults.Commits().FailAfter(When.Chance(0.02)).FailBefore(When.Chance(0.02));
        await using var cluster = await StartAsync(faults, agents => agents.WakeAfter = TimeSpan.FromSeconds(2));
        string[] tallies = ["tally/0", "tally/1", "tally/2", "tally/3"];
        foreach (var tally in tallies)
        {
            await TellAsync(cluster, tally, new Follow("load"));
        }

        var published = 0;
        var load = Parallel.ForAsync(0, Events, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (i, _) =>
        {
            await TellAsync(cluster, "topic/load", new Happened(i));
            Interlocked.Increment(ref published);
        });
        await UntilAsync(() => Volatile.Read(ref published) >= 20);
        // Once the topic's own silo, once that of a subscriber.
        await cluster.KillSiloAsync(cluster.FindSilo("topic/load") ?? cluster.Silos[0]);
        await cluster.StartSiloAsync();
        await UntilAsync(() => Volatile.Read(ref published) >= 60);
        await cluster.KillSiloAsync(cluster.FindSilo("tally/0") ?? cluster.Silos[0]);
        await cluster.StartSiloAsync();
        await load;
        await CheckAsync(cluster, tallies, new TallyCount(0, Events * tallies.Length));
        Assert.NotEmpty(faults.Injected);
    }

    private static async Task CheckAsync(AgentTestCluster cluster, string[] tallies, TallyCount expected)
    {
        var seen = await WaitAsync(cluster, tallies, c => c.Hops >= expected.Hops && c.Events >= expected.Events);
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal(expected, seen);
        Assert.Equal(expected, await ReadAsync(cluster, tallies));
    }

    private static async Task<TallyCount> WaitAsync(AgentTestCluster cluster, string[] tallies, Func<TallyCount, bool> isEnough)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(40));
        TallyCount seen;
        do
        {
            seen = await ReadAsync(cluster, tallies);
        }
        while (!isEnough(seen) && !patience.IsCancellationRequested);

        return seen;
    }

    private static async Task<TallyCount> ReadAsync(AgentTestCluster cluster, string[] tallies)
    {
        var (hops, events) = (0, 0);
        foreach (var tally in tallies)
        {
            var count = await cluster.Client.Agent(tally).AskAsync(new ReadTally(), cancellationToken: Token);
            (hops, events) = (hops + count.Hops, events + count.Events);
        }

        return new TallyCount(hops, events);
    }

    /// <summary>Tells with one id until it is acknowledged.</summary>
    private static async Task TellAsync<TMessage>(AgentTestCluster cluster, AgentId to, TMessage message)
        where TMessage : notnull
    {
        var envelope = Envelope.Create("client/test", to, message);
        while (true)
        {
            try
            {
                if ((await cluster.Client.SendAsync(envelope, new SendOptions { Timeout = TimeSpan.FromSeconds(5) }, Token)).Refusal is null)
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

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static Task<AgentTestCluster> StartAsync(FaultPlan faults, Action<AgentOptions> configure) => AgentTestCluster.StartAsync(
        options =>
        {
            options.Silos = 3;
            options.Faults = faults;
            options.AddAgent<HopAgent>().AddAgent<TallyAgent>().AddAgent<LaterAgent>().ConfigureAgents(agents =>
            {
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(5);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(100);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                configure(agents);
            });
        },
        Token);
}

[Contract("test.later")]
public sealed record Later(string To, int AfterMs);

[Agent("later")]
internal sealed class LaterAgent : Agent<TallyState>, IHandle<Later>
{
    public ValueTask HandleAsync(Later message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Schedule(TimeSpan.FromMilliseconds(message.AfterMs), message.To, new Hopped());
        return default;
    }
}
