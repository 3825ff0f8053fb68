using System.Collections.Concurrent;
using OrleansAgents.Agents;
using OrleansAgents.Memory;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Agents;
using OrleansAgents.Topics;

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
                options.AddAgent<SlowAccountAgent>();
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
        await history.RefusedAsync(Token);
        history.Check();
    }

    [Fact]
    public async Task Effects_UnderRandomPartitions_HappenExactlyOnce() => await Parallel.ForEachAsync(
        Enumerable.Range(1, Seeds),
        new ParallelOptions { MaxDegreeOfParallelism = Seeds, CancellationToken = Token },
        async (seed, _) => await CheckAsync(seed));

    private static async Task CheckAsync(int seed)
    {
        var history = new StoreHistory();
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
        await BreakAsync(cluster, new Random(seed), () => Volatile.Read(ref sent));
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
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal(Hops, await CountAsync(cluster));
        history.Check();
    }

    /// <summary>Cuts two silos, takes one off the network, and starts another, each at some point of the load.</summary>
    private static async Task BreakAsync(AgentTestCluster cluster, Random random, Func<int> sent)
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
                    await cluster.PartitionSiloAsync(one);
                    break;
                default:
                    await cluster.StartSiloAsync();
                    await cluster.PartitionSiloAsync(other);
                    break;
            }
        }
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
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(2);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(50);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromSeconds(1);
            });
        },
        Token);
}

/// <summary>A store in memory that knows every commit it took.</summary>
public sealed class StoreHistory : IAgentStore
{
    private readonly MemoryAgentStore _memory = new();
    private readonly ConcurrentQueue<(AgentId Agent, AgentCommit Commit)> _taken = new();

    private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ITopicLog Log => _memory;

    public ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken) => _memory.LoadAsync(agent, cancellationToken);

    public async ValueTask CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken)
    {
        try
        {
            await _memory.CommitAsync(agent, commit, cancellationToken);
        }
        catch (StaleEtagException)
        {
            _refused.TrySetResult();
            throw;
        }

        _taken.Enqueue((agent, commit));
    }

    /// <summary>Ends once a commit came from an activation that another had overtaken.</summary>
    public Task RefusedAsync(CancellationToken cancellationToken) => _refused.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, cancellationToken);

    public ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        _memory.ReadDueAsync(until, limit, cancellationToken);

    /// <summary>Every commit built on the one before it, and no message was handled by two.</summary>
    public void Check()
    {
        foreach (var agent in _taken.GroupBy(t => t.Agent))
        {
            Assert.Equal(Enumerable.Range(0, agent.Count()).Select(i => (long)i), agent.Select(t => t.Commit.Etag).Order());
            var handled = agent.SelectMany(t => t.Commit.Handled).Select(h => h.Id).ToArray();
            Assert.Equal(handled.Length, handled.Distinct().Count());
        }

        Assert.NotEmpty(_taken);
    }
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
