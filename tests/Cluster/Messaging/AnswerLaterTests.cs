using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Messaging;

/// <summary>Answers that come in a later turn than the question: once, whatever goes wrong.</summary>
public sealed class AnswerLaterTests
{
    private const int Seeds = 6, AtOnce = 3, Guests = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cook")]
    [InlineData("stall")]
    public async Task Answer_OfALaterTurn_ComesToAllThatSentTheMessageAndIsKept(string kind)
    {
        await using var cluster = await StartAsync();
        var agent = cluster.Client.Agent(new AgentId(kind, "a"));
        var order = Envelope.Create("client/test", agent.Id, new Order("soup"));
        var first = SendAsync(cluster, order);
        var second = SendAsync(cluster, order);
        await UntilAsync(cluster, agent, orders => orders.Open.Count == 1);
        Assert.False(first.IsCompleted);
        await agent.AskAsync(new Serve(), cancellationToken: Token);
        Assert.Equal([new Served("soup", 1), new Served("soup", 1)], [(await first).As<Served>(), (await second).As<Served>()]);
        if (kind == "cook")
        {
            await cluster.RestartAgentAsync(agent.Id);
        }

        var again = await SendAsync(cluster, order);
        Assert.Equal((Outcome.Duplicate, new Served("soup", 1)), (again.Outcome, again.As<Served>()));
        Assert.Empty((await agent.AskAsync(new ReadOrders(), cancellationToken: Token)).Over);
    }

    [Fact]
    public async Task Answer_AfterACrash_ComesToTheRepeat()
    {
        await using var cluster = await StartAsync();
        var cook = cluster.Client.Agent("cook/a");
        var order = SendAsync(cluster, Envelope.Create("client/test", cook.Id, new Order("soup")));
        await UntilAsync(cluster, cook, orders => orders.Open.Count == 1);
        await cluster.KillSiloAsync(cluster.FindSilo(cook.Id)!);
        // The order is known without being sent again: it is not handled twice.
        Assert.Equal(["soup"], (await cook.AskAsync(new ReadOrders(), cancellationToken: Token)).Open);
        await cook.AskAsync(new Serve(), cancellationToken: Token);
        Assert.Equal(new Served("soup", 1), (await order).As<Served>());
    }

    [Theory]
    [InlineData("cook")]
    [InlineData("stall")]
    public async Task Ask_ThatIsCancelledOrOutOfTime_EndsAndTheAgentLearnsIt(string kind)
    {
        await using var cluster = await StartAsync();
        var agent = cluster.Client.Agent(new AgentId(kind, "a"));
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var cancelled = agent.AskAsync(new Order("soup"), cancellationToken: caller.Token).AsTask();
        await UntilAsync(cluster, agent, orders => orders.Open.Count == 1);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await UntilAsync(cluster, agent, orders => orders.Over.Count == 1);
        var late = await Assert.ThrowsAsync<AgentTimeoutException>(() => agent.AskAsync(new Order("stew"), new SendOptions { Timeout = TimeSpan.FromMilliseconds(300) }, Token).AsTask());
        Assert.NotNull(late);
        await UntilAsync(cluster, agent, orders => orders.Over.Count == 2);
        Assert.Equal(RefusalCodes.Cancelled, (await agent.AskAsync(new ReadOrders(), cancellationToken: Token)).Over[0]);
    }

    [Fact]
    public async Task Ask_RefusedLater_ChangedNothingAndMayComeAgain()
    {
        await using var cluster = await StartAsync();
        var cook = cluster.Client.Agent("cook/a");
        var order = Envelope.Create("client/test", cook.Id, new Order("soup"));
        var first = SendAsync(cluster, order);
        await UntilAsync(cluster, cook, orders => orders.Open.Count == 1);
        await cook.AskAsync(new Serve(Refuse: true), cancellationToken: Token);
        Assert.Equal("test.sold-out", (await first).Refusal?.Code);
        var second = SendAsync(cluster, order);
        await UntilAsync(cluster, cook, orders => orders.Open.Count == 1);
        await cook.AskAsync(new Serve(), cancellationToken: Token);
        Assert.Equal(Outcome.Accepted, (await second).Outcome);
    }

    [Fact]
    public async Task Turn_ThatFailsBehindItsPromise_AnswersAtOnce()
    {
        await using var cluster = await StartAsync();
        var reply = await SendAsync(cluster, Envelope.Create("client/test", "cook/a", new Order("burnt")));
        Assert.Equal(Outcome.Failed, reply.Outcome);
        Assert.Equal(Outcome.Failed, (await SendAsync(cluster, Envelope.Create("client/test", "promiser/a", new Order("soup")))).Outcome);
    }

    [Fact]
    public async Task Message_WithoutADeadline_IsAcknowledgedAtOnce()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("waiter/a").AskAsync(new Order("soup"), cancellationToken: Token);
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(["soup"], (await cluster.Client.Agent("cook/told").AskAsync(new ReadOrders(), cancellationToken: Token)).Open);
        Assert.Equal(1, await cluster.Client.Agent("cook/told").AskAsync(new Serve(), cancellationToken: Token));
    }

    [Fact]
    public async Task Stop_OfASiloWhoseAgentsOweAnswers_DoesNotWaitForThem()
    {
        await using var cluster = await StartAsync();
        var cook = cluster.Client.Agent("cook/a");
        var order = SendAsync(cluster, Envelope.Create("client/test", cook.Id, new Order("soup")));
        await UntilAsync(cluster, cook, orders => orders.Open.Count == 1);
        // Nobody serves before the silo is gone.
        await cluster.StopSiloAsync(cluster.FindSilo(cook.Id)!).WaitAsync(TimeSpan.FromSeconds(25), TimeProvider.System, Token);
        await cook.AskAsync(new Serve(), cancellationToken: Token);
        Assert.Equal(new Served("soup", 1), (await order).As<Served>());
    }

    [Fact]
    public async Task Answers_UnderRandomFaults_AreGivenOnce() => await Parallel.ForEachAsync(
        FaultSeeds.Take(Seeds),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token },
        async (seed, token) => await CheckAsync(new FaultPlan(seed), token));

    private static async Task CheckAsync(FaultPlan faults, CancellationToken token)
    {
        faults.Link().DropRequest(When.Chance(0.05)).DropReply(When.Chance(0.05)).Duplicate(When.Chance(0.1)).Delay(When.Chance(0.05), TimeSpan.FromMilliseconds(5));
        faults.Commits("cook/*").FailBefore(When.Chance(0.05)).FailAfter(When.Chance(0.05));
        faults.Restart("cook/*", When.Chance(0.05));
        await using var cluster = await StartAsync(faults);
        var guests = Enumerable.Range(0, Guests).Select(i => Task.Run(() => UntilServedAsync(cluster, $"{i}", token), token)).ToArray();
        var served = Task.WhenAll(guests);
        while (!served.IsCompleted)
        {
            await SendUntilAsync(cluster, Envelope.Create("client/test", "cook/a", new Serve()), token);
        }

        faults.Pause();
        var answers = await served;
        Assert.Equal(Enumerable.Range(0, Guests).Select(i => $"{i}"), answers.Select(a => a.Dish));
        Assert.Equal(Enumerable.Range(1, Guests), answers.Select(a => a.Place).Order());
        var orders = await cluster.Client.Agent("cook/a").AskAsync(new ReadOrders(), cancellationToken: token);
        Assert.Equal((0, Guests), (orders.Open.Count, orders.Served));
        // A run in which nothing went wrong proves nothing.
        Assert.NotEmpty(faults.Injected);
    }

    private static async Task<Served> UntilServedAsync(AgentTestCluster cluster, string dish, CancellationToken token) =>
        (await SendUntilAsync(cluster, Envelope.Create("client/test", "cook/a", new Order(dish)), token)).As<Served>()!;

    /// <summary>Sends one message until it is known to be handled. A crash of the agent cancels what it has waiting, as a caller would.</summary>
    private static async Task<Reply> SendUntilAsync(AgentTestCluster cluster, Envelope message, CancellationToken token)
    {
        for (; ;)
        {
            try
            {
                var reply = await cluster.Client.SendAsync(message, cancellationToken: token);
                if (reply.Refusal is null)
                {
                    return reply;
                }
            }
            catch (AgentTimeoutException)
            {
                // The outcome is unknown; the same message finds out.
            }
        }
    }

    private static Task<Reply> SendAsync(AgentTestCluster cluster, Envelope message) => cluster.Client.SendAsync(message, cancellationToken: Token).AsTask();

    private static async Task UntilAsync(AgentTestCluster cluster, AgentHandle agent, Func<Orders, bool> isSo)
    {
        while (!isSo(await agent.AskAsync(new ReadOrders(), cancellationToken: Token)))
        {
            Token.ThrowIfCancellationRequested();
        }
    }

    private static Task<AgentTestCluster> StartAsync(FaultPlan? faults = null) => AgentTestCluster.StartAsync(
        options =>
        {
            options.Silos = faults is null ? 2 : 1;
            options.Faults = faults;
            options.AddAgent<CookAgent>().AddAgent<StallAgent>().AddAgent<PromiserAgent>().AddAgent<WaiterAgent>().ConfigureAgents(agents =>
            {
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
            });
        }, Token);
}
