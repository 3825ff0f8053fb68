using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Routing;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Directory;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Routing;

/// <summary>Routed messages arrive once, whatever goes wrong, seed after seed.</summary>
public sealed class RouterFaultTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 15, Messages = 24, Tills = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Messages_ThroughTwoRoutersUnderRandomFaults_TakeEffectExactlyOnce(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    [Fact]
    public async Task Message_RepeatedWhileItsChoiceIsBeingStored_GoesToOne()
    {
        var faults = new FaultPlan(1);
        faults.Link("client/*", "router/*").Duplicate(When.Always);
        await using var cluster = await StartAsync(faults, await stores.OpenAsync(TestStores.Sqlite, Token));
        await SendAsync(cluster, "router/a", new RouterChange([new Route("all", ["till/0", "till/1", "till/2"]) { Pick = RoutePick.Rotate }]), Token);
        await Parallel.ForAsync(0, Messages, Token, async (i, token) => await SendAsync(cluster, "router/a", new Pay($"{i}", 1), token));
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(Enumerable.Range(0, Messages), (await NamesAsync(cluster, Token)).Order());
    }

    [Fact]
    public async Task Message_OfUnknownOutcome_GoesToTheSameThoughThatIsAvoidedByThen()
    {
        var faults = new FaultPlan(1);
        faults.Link("router/*", "till/*").DropReply(When.Always);
        await using var cluster = await StartAsync(faults, await stores.OpenAsync(TestStores.Memory, Token));
        await SendAsync(cluster, "router/a", new RouterChange([new Route("all", ["till/0", "till/1"]) { By = "/amount" }]), Token);
        var explained = await cluster.Client.Agent("router/a").AskAsync(new RouterExplain("test.pay", Payload: JsonElement.Parse("""{"name":"0","amount":1}""")), cancellationToken: Token);
        var messages = Enumerable.Range(0, 3).Select(i => Envelope.Create("client/test", "router/a", new Pay($"{i}", 1))).ToArray();
        foreach (var message in messages)
        {
            await Assert.ThrowsAsync<AgentTimeoutException>(async () => await cluster.Client.SendAsync(message, new SendOptions { Timeout = TimeSpan.FromSeconds(1) }, Token));
        }

        faults.Pause();
        // For a second: on a machine that is too busy to see it this proves less, and is no fault.
        await Waits.UntilAsync(async () => (await cluster.Client.Agent("router/a").AskAsync(new RouterRead(), cancellationToken: Token)).Avoided.Count, count => count > 0, Token);
        foreach (var message in messages)
        {
            var reply = await cluster.Client.SendAsync(message, cancellationToken: Token);
            Assert.Equal(explained.To[0], JsonSerializer.Deserialize<Paid>(reply.ToJson()!, PayloadJson.Options)!.Till);
        }

        var names = await cluster.Client.Agent(explained.To[0]).AskAsync(new ReadTill(), cancellationToken: Token);
        Assert.Equal(["0", "1", "2"], names.Names);
    }

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        faults.Link().DropRequest(When.Chance(0.04)).DropReply(When.Chance(0.05)).Duplicate(When.Chance(0.08))
            .Delay(When.Chance(0.05), TimeSpan.FromMilliseconds(5));
        faults.Commits().FailBefore(When.Chance(0.03)).FailAfter(When.Chance(0.03));
        faults.Restart("router/*", When.Chance(0.06)).Restart("till/*", When.Chance(0.03)).Restart("shopper/*", When.Chance(0.03));
        await using var cluster = await StartAsync(faults, store);
        var pick = (RoutePick)(faults.Seed % 3);
        string[] tills = [.. Enumerable.Range(0, Tills).Select(i => $"till/{i}")];
        await SendAsync(cluster, "router/b", new RouterChange([new Route("all", ["nobody/1", .. tills]) { Pick = pick, By = pick == RoutePick.Hash ? "/name" : null }]), token);
        await SendAsync(cluster, "router/a", new RouterChange([new Route("on", ["router/b"])]), token);
        await Parallel.ForAsync(0, Messages, token, async (i, _) => await (i % 2 == 0
            ? SendAsync(cluster, "router/a", new Pay($"{i}", 1), token)
            : SendAsync(cluster, "shopper/1", new Shop("router/a", $"{i}", 1), token)));
        await NamesAsync(cluster, token);
        faults.Pause();
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), token);
        var names = await NamesAsync(cluster, token);
        Assert.NotEmpty(faults.Injected);
        Assert.True(
            names.Order().SequenceEqual(Enumerable.Range(0, Messages)), $"Arrived: {string.Join(' ', names.Order())}, by {pick}, {await LettersAsync(cluster, token)}, with {faults}");
    }

    private static Task<AgentTestCluster> StartAsync(FaultPlan faults, IAgentStore store) => AgentTestCluster.StartAsync(options =>
    {
        (options.Faults, options.Store) = (faults, store);
        options.AddAgent<TillAgent>().AddAgent<ShopperAgent>().ConfigureAgents(agents =>
        {
            agents.Delivery.MaxRetries = 1000;
            agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
            agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
            agents.WakePeriod = TimeSpan.FromMilliseconds(20);
            agents.WakeAfter = TimeSpan.FromMilliseconds(200);
        });
    }, Token);

    private static async Task SendAsync<TMessage>(AgentTestCluster cluster, AgentId to, TMessage message, CancellationToken token)
        where TMessage : notnull
    {
        var envelope = Envelope.Create("client/test", to, message);
        while (true)
        {
            try
            {
                if ((await cluster.Client.SendAsync(envelope, new SendOptions { Timeout = TimeSpan.FromSeconds(5) }, token)).Refusal is null)
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

    private static async Task<string> LettersAsync(AgentTestCluster cluster, CancellationToken token)
    {
        List<DeadLetterEntry> letters = [];
        foreach (var office in DeadLetterAddress.All)
        {
            letters.AddRange((await cluster.Client.Agent(office).AskAsync(new DeadLetterList(), cancellationToken: token)).Letters);
        }

        return $"{letters.Count} dead letters: {string.Join(", ", letters)}";
    }

    /// <summary>What has arrived, once it is as much as was sent.</summary>
    private static async Task<IReadOnlyList<int>> NamesAsync(AgentTestCluster cluster, CancellationToken token)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var names = new List<int>();
        while (names.Count < Messages && !patience.IsCancellationRequested)
        {
            names.Clear();
            for (var i = 0; i < Tills; i++)
            {
                try
                {
                    names.AddRange((await cluster.Client.Agent($"till/{i}").AskAsync(new ReadTill(), cancellationToken: token)).Names.Select(n => int.Parse(n, System.Globalization.CultureInfo.InvariantCulture)));
                }
                catch (AgentException)
                {
                    // A query meets the faults too.
                }
            }
        }

        return names;
    }
}
