using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Testing;

/// <summary>Silos lose one another, two activations of one agent may run, and no message is committed twice.</summary>
public sealed class PartitionTests
{
    private const int Seeds = 5, Hops = 60, Tallies = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Partition_DuringATurn_LetsTheLostActivationCommitNothing()
    {
        var history = new StoreHistory();
        await using var cluster = await AgentTestCluster.StartAsync(
            options =>
            {
                options.Silos = 3;
                options.Store = history;
                options.TopicLog = history.Log;
                options.AddAgent<SlowAccountAgent>().ConfigureAgents(agents => agents.Audit = true);
            },
            Token);
        var account = cluster.Client.Agent("slow-account/p");
        await account.AskAsync(new Add(1), cancellationToken: Token);
        var lost = cluster.FindSilo("slow-account/p")!;
        var envelope = Envelope.Create("client/test", "slow-account/p", new Hold("partition"));
        var ask = cluster.Client.SendAsync(envelope, cancellationToken: Token).AsTask();
        await Gates.Entered("partition 1").Task.WaitAsync(Token);
        await cluster.PartitionSiloAsync(lost);
        // The repeat runs in another activation, and the first one's turn is still running.
        await Gates.Entered("partition 2").Task.WaitAsync(Token);
        Gates.Open("partition").SetResult();
        Assert.Null((await ask).Refusal);
        Assert.Equal(101, (await account.AskAsync(new Read(), cancellationToken: Token)).Value);
        // Both turns ran to their commits, and the store took one.
        while (history.Refused == 0)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        history.Check();
    }

    [Fact]
    public async Task Effects_UnderRandomPartitions_HappenExactlyOnce()
    {
        var histories = Enumerable.Range(1, Seeds).Select(_ => new StoreHistory()).ToArray();
        await Parallel.ForAsync(
            0, Seeds, new ParallelOptions { MaxDegreeOfParallelism = Seeds, CancellationToken = Token },
            async (i, _) => await CheckAsync(i + 1, histories[i]));
        // Where two activations never met, nothing was proved.
        Assert.True(histories.Sum(h => h.Refused) > 0);
    }

    private static async Task CheckAsync(int seed, StoreHistory history)
    {
        var faults = new FaultPlan(seed);
        faults.Link().DropReply(When.Chance(0.05)).Duplicate(When.Chance(0.05)).Delay(When.Chance(0.1), TimeSpan.FromMilliseconds(5));
        faults.Commits().Delay(When.Chance(0.1), TimeSpan.FromMilliseconds(20)).FailAfter(When.Chance(0.02));
        await using var cluster = await StartAsync(history, faults);
        var sent = 0;
        var load = Parallel.ForAsync(0, Hops, new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = Token }, async (i, _) =>
        {
            await SendAsync(cluster, $"hop/{i % 5}", new Hop($"tally/{i % Tallies}"));
            Interlocked.Increment(ref sent);
        });
        await BreakAsync(cluster, history, new Random(seed), () => Volatile.Read(ref sent));
        await load;
        cluster.Heal();
        faults.Pause();
        var total = 0;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (total < Hops && !patience.IsCancellationRequested)
        {
            total = await CountAsync(cluster);
        }

        Assert.NotEmpty(faults.Injected);
        Assert.True(total == Hops, $"{total} of {Hops} with {faults}");
        // Nothing is left that could have its effect a second time.
        while (!await history.IsSettledAsync([.. Enumerable.Range(0, 5).Select(i => new AgentId("hop", $"{i}"))], Token))
        {
            patience.Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(Hops, await CountAsync(cluster));
        history.Check();
    }

    /// <summary>Cuts two silos, takes one off the network, and starts another, each at some point of the load.</summary>
    private static async Task BreakAsync(AgentTestCluster cluster, StoreHistory history, Random random, Func<int> sent)
    {
        foreach (var at in new[] { 5, 15, 30 })
        {
            while (sent() < at)
            {
                Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }

            var silos = cluster.Silos;
            var one = silos[random.Next(silos.Count)];
            var other = silos.First(s => s != one);
            switch (at)
            {
                case 5:
                    cluster.Cut(one, other);
                    break;
                case 15:
                    cluster.Heal();
                    await PartitionAsync(cluster, history, one);
                    break;
                default:
                    await cluster.StartSiloAsync();
                    await PartitionAsync(cluster, history, other);
                    break;
            }
        }
    }

    /// <summary>Commits that are under way meet those of the agents' next activations, which loaded what was there before.</summary>
    private static async Task PartitionAsync(AgentTestCluster cluster, StoreHistory history, TestSilo silo)
    {
        history.Hold();
        var loads = history.Loads;
        await cluster.PartitionSiloAsync(silo);
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        while (history.Loads < loads + 3 && !enough.IsCancellationRequested)
        {
            await Task.Yield();
        }

        history.Release();
    }

    private static async Task SendAsync<TMessage>(AgentTestCluster cluster, AgentId to, TMessage message)
        where TMessage : notnull
    {
        var envelope = Envelope.Create("client/test", to, message);
        while (true)
        {
            try
            {
                if ((await cluster.Client.SendAsync(envelope, new SendOptions { Timeout = TimeSpan.FromSeconds(3) }, Token)).Refusal is null)
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

    private static async Task<int> CountAsync(AgentTestCluster cluster)
    {
        var total = 0;
        for (var i = 0; i < Tallies; i++)
        {
            total += (await cluster.Client.Agent($"tally/{i}").AskAsync(new ReadTally(), cancellationToken: Token)).Hops;
        }

        return total;
    }

    private static Task<AgentTestCluster> StartAsync(StoreHistory history, FaultPlan faults) => AgentTestCluster.StartAsync(
        options =>
        {
            options.Silos = 3;
            options.Faults = faults;
            options.Store = history;
            options.TopicLog = history.Log;
            options.AddAgent<HopAgent>().AddAgent<TallyAgent>().ConfigureAgents(agents =>
            {
                agents.Audit = true;
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(2);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(50);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromSeconds(1);
            });
        },
        Token);
}

[Agent("slow-account")]
internal sealed class SlowAccountAgent : Agent<AccountState>, IHandle<Hold, Total>, IHandle<Add, Total>, IHandle<Read, Total>
{
    private static int s_entries;

    public async ValueTask<Total> HandleAsync(Hold request, AgentContext context, CancellationToken cancellationToken)
    {
        Gates.Entered($"{request.Gate} {Interlocked.Increment(ref s_entries)}").TrySetResult();
        await Gates.Open(request.Gate).Task;
        return new Total(State.Total += 100);
    }

    public ValueTask<Total> HandleAsync(Add request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Total(State.Total += request.Amount));

    public ValueTask<Total> HandleAsync(Read request, AgentContext context, CancellationToken cancellationToken) => new(new Total(State.Total));
}
