using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Agents;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Audit;

public sealed class AuditTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Log_OfWhateverCame_HoldsEachOnceWithItsOutcome()
    {
        await using var cluster = await StartAsync();
        var ledger = cluster.Client.Agent("ledger/all");
        var twice = new SendOptions { Id = MessageId.New() };
        await ledger.AskAsync(new Add(1), twice, Token);
        await ledger.AskAsync(new Add(1), twice, Token);
        await ledger.AskAsync(new Read(), cancellationToken: Token);
        await Assert.ThrowsAsync<AgentRefusedException>(async () => await ledger.AskAsync(new Add(0), cancellationToken: Token));
        await Assert.ThrowsAsync<AgentFailedException>(async () => await ledger.AskAsync(new Add(1, Fail: true), cancellationToken: Token));
        await cluster.Client.SendAsync(Envelope.CreateJson("client/test", "ledger/all", "test.unheard", "{}"u8.ToArray(), 7), cancellationToken: Token);
        await ledger.AskAsync(new Add(2), cancellationToken: Token);

        var log = await AuditLog.ReadAsync(cluster.Client, "ledger/all", Token);

        AuditLog.AssertWhole("ledger/all", log);
        Assert.Equal(
            [
                ("test.add", 1, Outcome.Accepted, null), ("test.read", 1, Outcome.Accepted, null), ("test.add", 1, Outcome.Refused, "test.nothing"),
                ("test.add", 1, Outcome.Failed, RefusalCodes.HandlerFailed), ("test.unheard", 7, Outcome.Refused, RefusalCodes.UnknownContract),
                ("test.add", 1, Outcome.Accepted, null),
            ],
            log.Select(e => (e.Type!, e.Version!.Value, e.Outcome, e.Code)));
        Assert.All(log, e => Assert.Equal("client/test", e.Sender));
        Assert.Equal(twice.Id!.Value.Value, log[0].Id);
        // Who read the log is in it, too.
        Assert.Equal("agent.audit", Assert.Single((await ledger.AskAsync(new AuditRead(After: 6), cancellationToken: Token)).Entries).Type);
    }

    [Fact]
    public async Task Log_OfAnAgentThatStartsAnew_GoesOn()
    {
        await using var cluster = await StartAsync();
        var ledger = cluster.Client.Agent("ledger/anew");
        await ledger.AskAsync(new Add(1), cancellationToken: Token);
        await Assert.ThrowsAsync<AgentRefusedException>(async () => await ledger.AskAsync(new Add(0), cancellationToken: Token));
        await ledger.StopAsync(Token);
        await ledger.AskAsync(new Add(2), cancellationToken: Token);

        var log = await AuditLog.ReadAsync(cluster.Client, "ledger/anew", Token);

        AuditLog.AssertWhole("ledger/anew", log);
        Assert.Equal([Outcome.Accepted, Outcome.Refused, Outcome.Accepted], log.Select(e => e.Outcome));
    }

    [Fact]
    public async Task Log_OfASubscriber_HoldsTheEventsOfItsTopic()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("ledger/follower").TellAsync(new Note("follow audited/news"), cancellationToken: Token);
        await cluster.Client.Topic("audited/news").PublishAsync(new Note("news"), cancellationToken: Token);
        await Gates.Entered("ledger/follower news").Task.WaitAsync(Token);
        await cluster.IdleAsync(cancellationToken: Token);

        var log = await AuditLog.ReadAsync(cluster.Client, "ledger/follower", Token);

        AuditLog.AssertWhole("ledger/follower", log);
        Assert.Equal([("test.note", "client/test"), ("test.note", "client/test")], log.Select(e => (e.Type!, e.Sender!)));
    }

    [Fact]
    public async Task Log_OfAnAskThatComesBack_HoldsTheNestedTurn()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("ledger/outer").AskAsync(new AskOn(["greeter/between", "ledger/outer"]), cancellationToken: Token);

        var log = await AuditLog.ReadAsync(cluster.Client, "ledger/outer", Token);

        AuditLog.AssertWhole("ledger/outer", log);
        Assert.Equal(["greeter/between", "client/test"], log.Select(e => e.Sender!));
    }

    [Fact]
    public async Task Log_OfAMessageThatNeverHadItsTurn_HoldsItsRefusal()
    {
        await using var cluster = await StartAsync();
        var ledger = cluster.Client.Agent("ledger/queue");
        var held = ledger.AskAsync(new Hold("ledger queue"), cancellationToken: Token).AsTask();
        await Gates.Entered("ledger queue").Task.WaitAsync(Token);
        var waiting = Envelope.Create("client/test", "ledger/queue", new Add(1)).WithId(MessageId.New());
        var cancelled = cluster.Client.SendAsync(waiting, cancellationToken: Token).AsTask();
        // Calls may pass one another on their way, and what has not come cannot be cancelled yet.
        while (!cancelled.IsCompleted)
        {
            await ledger.CancelAsync(waiting.Id, Token);
        }

        Assert.Equal(RefusalCodes.Cancelled, (await cancelled).Refusal!.Code);
        Gates.Open("ledger queue").SetResult();
        await held;

        var log = await AuditLog.ReadAsync(cluster.Client, "ledger/queue", Token);

        AuditLog.AssertWhole("ledger/queue", log);
        Assert.Equal([RefusalCodes.Cancelled, null], log.Select(e => e.Code));
    }

    [Fact]
    public async Task AuditOfTheSilo_CoversDurableAgentsOfEveryKindAndNoOther()
    {
        await using var cluster = await StartAsync(configure: options => options.ConfigureAgents(o => o.Audit = true));
        await cluster.Client.Agent("account/a").AskAsync(new Add(1), cancellationToken: Token);
        await cluster.Client.Topic("audited/all").PublishAsync(new Note("x"), cancellationToken: Token);

        Assert.Equal("test.add", Assert.Single(await AuditLog.ReadAsync(cluster.Client, "account/a", Token)).Type);
        Assert.Equal("test.note", Assert.Single(await AuditLog.ReadAsync(cluster.Client, "topic/audited/all", Token)).Type);
        await AssertUnauditedAsync(cluster, "greeter/a");
        Assert.Contains(cluster.Client.Kinds.Single(k => k.Kind == "account").Contracts, c => c is { Type: "agent.audit", Query: true });
    }

    [Fact]
    public async Task Unaudited_Agents_WriteNoEntry()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.Agent("account/plain").AskAsync(new Add(1), cancellationToken: Token);

        await AssertUnauditedAsync(cluster, "account/plain");
        Assert.DoesNotContain(cluster.Client.Kinds.Single(k => k.Kind == "account").Contracts, c => c.Type == "agent.audit");
    }

    [Fact]
    public async Task Read_WithALimitThatIsNone_IsRefused()
    {
        await using var cluster = await StartAsync();
        foreach (var read in new[] { new AuditRead(Limit: 0), new AuditRead(Limit: 1001), new AuditRead(After: -1) })
        {
            var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await cluster.Client.Agent("ledger/limit").AskAsync(read, cancellationToken: Token));
            Assert.Equal(RefusalCodes.InvalidPayload, refused.Code);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FailedCommits_TakeTheirEntriesBack(bool afterwards)
    {
        var history = new StoreHistory();
        var faults = new FaultPlan(1);
        _ = afterwards ? faults.Commits("ledger/*").FailAfter(When.Number(1, 3)) : faults.Commits("ledger/*").FailBefore(When.Number(1, 3));
        await using var cluster = await StartAsync(faults, options => (options.Store, options.TopicLog) = (history, history.Log));
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i, (await cluster.Client.Agent("ledger/failed").AskAsync(new Add(1), cancellationToken: Token)).Value);
        }

        var log = await AuditLog.ReadAsync(cluster.Client, "ledger/failed", Token);

        Assert.Equal(2, faults.Injected.Count);
        AuditLog.AssertWhole("ledger/failed", log);
        Assert.Equal(3, log.Count);
        history.Check();
    }

    private static async Task AssertUnauditedAsync(AgentTestCluster cluster, AgentId agent) => Assert.Equal(
        RefusalCodes.UnknownContract,
        (await Assert.ThrowsAsync<AgentRefusedException>(async () => await AuditLog.ReadAsync(cluster.Client, agent, Token))).Code);

    private static Task<AgentTestCluster> StartAsync(FaultPlan? faults = null, Action<AgentTestClusterOptions>? configure = null) => AgentTestCluster.StartAsync(
        options =>
        {
            options.Faults = faults;
            options.AddAgent<LedgerAgent>().AddAgent<AccountAgent>().AddAgent<GreeterAgent>();
            configure?.Invoke(options);
        },
        Token);
}
