using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Messaging;

/// <summary>Agents that owe answers when their silo ends: they give them from another one, each once.</summary>
public sealed class AnswerMovingTests(TestStores stores) : IClassFixture<TestStores>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestStores.Memory, false)]
    [InlineData(TestStores.Memory, true)]
    [InlineData(TestStores.Sqlite, false)]
    [InlineData(TestStores.Sqlite, true)]
    public async Task Answers_OwedWhenTheSiloEnds_ComeFromTheNextToAllWhoWaitAndOnce(string store, bool isKilled)
    {
        await using var cluster = await StartAsync(await stores.OpenAsync(store, Token));
        var cook = cluster.Client.Agent("cook/a");
        // Somebody outside, the same message once more, and an agent that keeps its question.
        var order = Envelope.Create("client/test", cook.Id, new Order("soup"));
        var asked = SendAsync(cluster, order);
        await UntilAsync(cook, new ReadOrders(), orders => orders.Open.Count == 1);
        var again = SendAsync(cluster, order);
        var guest = cluster.Client.Agent("guest/a");
        await guest.TellAsync(new Serve(), cancellationToken: Token);
        await UntilAsync(cook, new ReadOrders(), orders => orders.Open.Count == 2);

        await EndAsync(cluster, cook.Id, isKilled);
        var orders = await cook.AskAsync(new ReadOrders(), cancellationToken: Token);
        Assert.Empty(orders.Over);
        Assert.Equal(["soup", "stew"], orders.Open);
        Assert.Equal(0, orders.Served);
        Assert.False(asked.IsCompleted || again.IsCompleted);

        await cook.AskAsync(new Serve(), cancellationToken: Token);
        await cook.AskAsync(new Serve(), cancellationToken: Token);
        Assert.Equal([new Served("soup", 1), new Served("soup", 1)], [(await asked).As<Served>(), (await again).As<Served>()]);
        var eaten = await UntilAsync(guest, new ReadOrders(), eaten => eaten.Served > 0);
        Assert.Equal(["stew 2"], eaten.Open);
        // What was given is stored, and is the answer on the third silo, too.
        await cluster.StartSiloAsync();
        await EndAsync(cluster, cook.Id, isKilled);
        var late = await SendAsync(cluster, order);
        Assert.Equal((Outcome.Duplicate, new Served("soup", 1)), (late.Outcome, late.As<Served>()));
        Assert.Equal(2, (await cook.AskAsync(new ReadOrders(), cancellationToken: Token)).Served);
    }

    [Theory]
    [InlineData(TestStores.Memory, false)]
    [InlineData(TestStores.Memory, true)]
    [InlineData(TestStores.Sqlite, false)]
    [InlineData(TestStores.Sqlite, true)]
    public async Task Ask_OwedWhenTheSiloEnds_IsOverWhenItsAskerCancels(string store, bool isKilled)
    {
        await using var cluster = await StartAsync(await stores.OpenAsync(store, Token));
        var cook = cluster.Client.Agent("cook/a");
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var asked = cook.AskAsync(new Order("soup"), cancellationToken: caller.Token).AsTask();
        await UntilAsync(cook, new ReadOrders(), orders => orders.Open.Count == 1);
        await EndAsync(cluster, cook.Id, isKilled);
        await cook.AskAsync(new ReadOrders(), cancellationToken: Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        var orders = await UntilAsync(cook, new ReadOrders(), orders => orders.Over.Count > 0);
        Assert.Equal((0, RefusalCodes.Cancelled), (orders.Open.Count, Assert.Single(orders.Over)));
        Assert.Equal(0, await cook.AskAsync(new Serve(), cancellationToken: Token));
    }

    /// <summary>Ends the silo in which an agent is active, and waits until it is active in another.</summary>
    private static async Task EndAsync(AgentTestCluster cluster, AgentId agent, bool isKilled)
    {
        var left = cluster.FindSilo(agent)!;
        await (isKilled ? cluster.KillSiloAsync(left) : cluster.StopSiloAsync(left));
        await UntilAsync(cluster.Client.Agent(agent), new ReadOrders(), _ => cluster.FindSilo(agent) is { } now && now != left);
    }

    private static Task<Reply> SendAsync(AgentTestCluster cluster, Envelope message) => cluster.Client.SendAsync(message, cancellationToken: Token).AsTask();

    private static async Task<TReply> UntilAsync<TReply>(AgentHandle agent, IQuery<TReply> query, Func<TReply, bool> isSo)
        where TReply : class
    {
        for (; ;)
        {
            if (await agent.AskAsync(query, cancellationToken: Token) is var reply && isSo(reply))
            {
                return reply;
            }
        }
    }

    private static Task<AgentTestCluster> StartAsync(IAgentStore store) => AgentTestCluster.StartAsync(
        options =>
        {
            (options.Silos, options.Store, options.Patience) = (2, store, TimeSpan.FromSeconds(30));
            // On a busy machine a silo takes its time to end.
            options.AddAgent<CookAgent>().AddAgent<GuestAgent>().ConfigureClients(client => client.Timeout = TimeSpan.FromMinutes(4)).ConfigureAgents(agents =>
            {
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromMilliseconds(300);
            });
        }, Token);
}

/// <summary>Orders a stew when it is told to, and remembers what it got.</summary>
[Agent("guest")]
internal sealed class GuestAgent : Agent<CookState>, IHandle<Serve, int>, IHandle<Answers>, IHandle<ReadOrders, Orders>
{
    public ValueTask<int> HandleAsync(Serve request, AgentContext context, CancellationToken cancellationToken)
    {
        context.Ask(new AgentId("cook", Id.Key), new Order("stew"), new QuestionOptions { Within = TimeSpan.FromMinutes(5) });
        return new(0);
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        var served = message.Single.Read<Served>();
        State.Dishes.Add($"{served.Dish} {served.Place}");
        State.Served++;
        return default;
    }

    public ValueTask<Orders> HandleAsync(ReadOrders request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Orders([.. State.Dishes], State.Served, []));
}
