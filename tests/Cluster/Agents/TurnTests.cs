using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Agents;

public sealed class TurnTests(AgentCluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deadline_PassesInAHandler_StopsItAndTimesOut()
    {
        var agent = cluster.Outside.Agent("greeter/deadline");
        var timeout = await Assert.ThrowsAsync<AgentTimeoutException>(async () =>
            await agent.AskAsync(new Hold("never"), new SendOptions { Timeout = TimeSpan.FromMilliseconds(200) }, Token));
        Assert.False(timeout.Id.IsDefault);
        // The handler is gone, so the agent answers again at once.
        Assert.Equal("Hello, you!", (await agent.AskAsync(new Greet("you"), cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task Deadline_FarInTheFuture_IsWaitedForNoLongerThanTheTimeout()
    {
        var envelope = Envelope.Create("client/test", "greeter/far", new Hold("far")).WithExpiry(DateTimeOffset.MaxValue);
        await Assert.ThrowsAsync<AgentTimeoutException>(async () =>
            await cluster.Outside.SendAsync(envelope, new SendOptions { Timeout = TimeSpan.FromMilliseconds(200) }, Token));
        Assert.Equal("Hello, you!", (await cluster.Outside.Agent("greeter/far").AskAsync(new Greet("you"), cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task Deadline_PassesWhileAsksWaitForOneAnother_TimesOutTheFirst()
    {
        var held = cluster.Outside.Agent("greeter/deadline-last").AskAsync(new Hold("deadline of a chain"), cancellationToken: Token).AsTask();
        await Gates.Entered("deadline of a chain").Task.WaitAsync(Token);
        // Whichever agent's timer fires first: many at once see every order.
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Assert.ThrowsAsync<AgentTimeoutException>(async () =>
            await cluster.Outside.Agent($"greeter/deadline-{i}").AskAsync(
                new AskOn([$"greeter/deadline-next-{i}", "greeter/deadline-last"]), new SendOptions { Timeout = TimeSpan.FromMilliseconds(200) }, Token))));
        Gates.Open("deadline of a chain").SetResult();
        await held;
    }

    [Fact]
    public async Task Cancel_WhileTheHandlerRuns_StopsIt()
    {
        var agent = cluster.Outside.Agent("greeter/cancel");
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var ask = agent.AskAsync(new Hold("cancelled"), cancellationToken: cancellation.Token).AsTask();
        await Gates.Entered("cancelled").Task.WaitAsync(Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ask);
        Assert.Equal("Hello, you!", (await agent.AskAsync(new Greet("you"), cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task CancelAsync_ByAnotherProgram_StopsTheRunningTurnAndItsSenderLearns()
    {
        var id = MessageId.New();
        var ask = cluster.Outside.Agent("greeter/cancel-id").AskAsync(new Hold("cancelled by id"), new SendOptions { Id = id }, Token).AsTask();
        await Gates.Entered("cancelled by id").Task.WaitAsync(Token);
        var other = cluster.Inside.Agent("greeter/cancel-id");
        await other.CancelAsync(MessageId.New(), Token);
        Assert.False(ask.IsCompleted);
        await other.CancelAsync(id, Token);
        Assert.Equal(RefusalCodes.Cancelled, (await Assert.ThrowsAsync<AgentRefusedException>(() => ask)).Code);
    }

    [Fact]
    public async Task CancelAsync_OfAMessageThatWaits_TakesItOutOfTheQueue()
    {
        var agent = cluster.Outside.Agent("greeter/cancel-waiting");
        var held = agent.AskAsync(new Hold("holds others"), cancellationToken: Token).AsTask();
        await Gates.Entered("holds others").Task.WaitAsync(Token);
        var id = MessageId.New();
        var waiting = agent.TellAsync(new Greet("you"), new SendOptions { Id = id }, Token).AsTask();
        while (!waiting.IsCompleted)
        {
            // Whether the message or the cancelling comes first is the network's choice.
            await agent.CancelAsync(id, Token);
        }

        Assert.Equal(RefusalCodes.Cancelled, (await waiting).Refusal!.Code);
        Gates.Open("holds others").SetResult();
        Assert.Equal(1, (await held).Value);
    }

    [Fact]
    public async Task CancelAsync_OfAKindThatNobodyHosts_IsRefused() =>
        Assert.Equal(RefusalCodes.UnknownKind, (await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await cluster.Outside.Agent("nobody/a").CancelAsync(MessageId.New(), Token))).Code);

    [Fact]
    public async Task Queue_Full_RefusesBusyWithAHint()
    {
        var agent = cluster.Inside.Agent("greeter/full");
        var held = agent.AskAsync(new Hold("full"), cancellationToken: Token).AsTask();
        await Gates.Entered("full").Task.WaitAsync(Token);
        var grain = cluster.Cluster.Client.GetGrain<IAgentGrain>(GrainId.Create("greeter", "full"));
        // Which of them comes last is the network's choice.
        var waiting = Enumerable.Range(0, 101).Select(_ => grain.DeliverAsync(Envelope.Create("client/t", "greeter/full", new Greet("x"))).AsTask()).ToList();
        var refused = await Task.WhenAny(waiting);
        var refusal = (await refused).Refusal;
        Assert.Equal(RefusalCodes.Busy, refusal!.Code);
        Assert.NotNull(refusal.RetryAfterMs);
        waiting.Remove(refused);
        Gates.Open("full").SetResult();
        await held;
        Assert.All(await Task.WhenAll(waiting), r => Assert.Equal(Outcome.Accepted, r.Outcome));
    }

    [Fact]
    public async Task Cycle_AskThatComesBack_IsRefusedAtOnceNamingTheCycle()
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await cluster.Outside.Agent("greeter/x").AskAsync(new AskOn(["greeter/y", "greeter/x"]), cancellationToken: Token));
        Assert.Equal(RefusalCodes.Cycle, refused.Code);
        Assert.Contains("greeter/x → greeter/y → greeter/x", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cycle_OfOneAgent_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await cluster.Outside.Agent("greeter/self").AskAsync(new AskOn(["greeter/self"]), cancellationToken: Token));
        Assert.Equal(RefusalCodes.Cycle, refused.Code);
    }

    [Fact]
    public async Task Cycle_OptedIn_RunsInTheWaitingTurnAndCommitsWithIt()
    {
        var agent = cluster.Outside.Agent("reentrant/x");
        var reply = await agent.AskAsync(new AskOn(["greeter/z", "reentrant/x"]), cancellationToken: Token);
        Assert.Equal("reentrant/x is the end", reply.Text);
        Assert.Equal(2, (await agent.AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Ask_OverTwoAgents_Answers() =>
        Assert.Equal("greeter/3 is the end", (await cluster.Outside.Agent("greeter/1").AskAsync(new AskOn(["greeter/2", "greeter/3"]), cancellationToken: Token)).Text);

    [Fact]
    public async Task Tell_FromAHandlerThatFails_NeverLeaves()
    {
        var teller = cluster.Outside.Agent("account/teller");
        await Assert.ThrowsAsync<AgentFailedException>(async () => await teller.AskAsync(new TellOn("listener/tell", 5, Fail: true), cancellationToken: Token));
        await teller.AskAsync(new TellOn("listener/tell", 7), cancellationToken: Token);
        await Gates.Entered("listener/tell=2").Task.WaitAsync(Token);
        // In order, and only those of the turn that succeeded.
        Assert.Equal(["test.add", "test.note"], ListenerAgent.Heard["tell"].Select(e => e.Type));
        Assert.Contains("7", System.Text.Encoding.UTF8.GetString(ListenerAgent.Heard["tell"].First().PayloadJson.Span), StringComparison.Ordinal);
        Assert.Equal(1, (await teller.AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Stop_WhileAHandlerRuns_LetsItFinishAndTheNextMessageStartsAnew()
    {
        var agent = cluster.Outside.Agent("greeter/stop");
        var ask = agent.AskAsync(new Hold("stop"), cancellationToken: Token).AsTask();
        await Gates.Entered("stop").Task.WaitAsync(Token);
        var stop = agent.StopAsync(Token).AsTask();
        Assert.False(stop.IsCompleted);
        Gates.Open("stop").SetResult();
        Assert.Equal(1, (await ask).Value);
        await stop;
        // A volatile agent starts from nothing.
        Assert.Equal(1, (await agent.AskAsync(new Hold("stop"), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Stop_OfADurableAgent_KeepsStateAndHandledIds()
    {
        var account = cluster.Outside.Agent("account/stop");
        var options = new SendOptions { Id = MessageId.New() };
        await account.AskAsync(new Add(4), options, Token);
        await account.StopAsync(Token);
        Assert.Equal(4, (await account.AskAsync(new Add(4), options, Token)).Value);
        Assert.Equal(4, (await account.AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public void Kinds_OfTheCluster_ListContractsAndShapes()
    {
        var kinds = cluster.Outside.Kinds;
        var account = Assert.Single(kinds, k => k.Kind == "account");
        Assert.True(account.Durable);
        var add = Assert.Single(account.Contracts, c => c.Type == "test.add");
        Assert.Equal("""{"amount":"integer","fail":"boolean"}""", add.Payload);
        Assert.Equal("""{"value":"integer"}""", add.Reply);
        Assert.True(Assert.Single(account.Contracts, c => c.Type == "test.read").Query);
    }
}
