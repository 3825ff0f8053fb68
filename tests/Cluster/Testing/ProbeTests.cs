using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Probes;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Testing;

public sealed class ProbeTests : IAsyncLifetime
{
    private AgentTestCluster _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _cluster = await AgentTestCluster.StartAsync(options => options.AddAgentsFrom(typeof(ProbeTests).Assembly), Token);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Expect_MessagesOfATurn_GivesEachOnce()
    {
        var probe = _cluster.Probe("a");
        await _cluster.Client.Agent("account/a").AskAsync(new TellOn("probe/a", 5), cancellationToken: Token);
        await _cluster.Client.Agent("account/a").AskAsync(new TellOn("probe/a", 7), cancellationToken: Token);
        Assert.Equal(7, (await probe.ExpectAsync<Add>(a => a.Amount > 5, cancellationToken: Token)).Amount);
        Assert.Equal(5, (await probe.ExpectAsync<Add>(cancellationToken: Token)).Amount);
        await probe.ExpectAsync<Note>(cancellationToken: Token);
        await probe.ExpectAsync<Note>(cancellationToken: Token);
        await probe.ExpectNothingAsync(Token);
        Assert.Equal(4, probe.Messages.Count);
        Assert.All(probe.Messages, m => Assert.Equal("account/a", m.Sender.ToString()));
    }

    [Fact]
    public async Task Expect_WhatDoesNotCome_SaysWhatDid()
    {
        var probe = _cluster.Probe("listing");
        Assert.Equal("probe/listing expected test.note v1, and none came in 0.05 s. Nothing came at all.", (await Assert.ThrowsAsync<ProbeException>(
            () => probe.ExpectAsync<Note>(timeout: TimeSpan.FromMilliseconds(50), cancellationToken: Token))).Message);
        await _cluster.Client.Agent(probe.Id).TellAsync(new Note("hello"), cancellationToken: Token);
        var missed = await Assert.ThrowsAsync<ProbeException>(
            () => probe.ExpectAsync<Note>(n => n.Text == "bye", TimeSpan.FromMilliseconds(50), Token));
        Assert.Contains("test.note v1 from client/test: {\"text\":\"hello\"}", missed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExpectNothing_AfterATurnThatFailed_PassesAtOnce()
    {
        await Assert.ThrowsAsync<AgentFailedException>(async () =>
            await _cluster.Client.Agent("account/f").AskAsync(new TellOn("probe/none", 5, Fail: true), cancellationToken: Token));
        await _cluster.Probe("none").ExpectNothingAsync<Add>(cancellationToken: Token);
    }

    [Fact]
    public async Task ExpectNothing_WhileAnAgentStillSends_WaitsAndFails()
    {
        var probe = _cluster.Probe("some");
        await _cluster.Client.Agent("account/s").AskAsync(new TellOn("account/t", 1), cancellationToken: Token);
        await _cluster.Client.Agent("account/s").AskAsync(new TellOn("probe/some", 1), cancellationToken: Token);
        var came = await Assert.ThrowsAsync<ProbeException>(() => probe.ExpectNothingAsync<Note>(cancellationToken: Token));
        Assert.StartsWith("probe/some expected no test.note v1.", came.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_WhileAHandlerRuns_NamesWhatIsUnderWay()
    {
        var ask = _cluster.Client.Agent("greeter/idle").AskAsync(new Agents.Hold("idle"), cancellationToken: Token).AsTask();
        await Gates.Entered("idle").Task.WaitAsync(Token);
        var busy = await Assert.ThrowsAsync<TimeoutException>(() => _cluster.IdleAsync(TimeSpan.FromMilliseconds(50), Token));
        Assert.Contains("test.hold v1", busy.Message, StringComparison.Ordinal);
        Gates.Open("idle").SetResult();
        await ask;
        await _cluster.IdleAsync(cancellationToken: Token);
    }

    [Fact]
    public async Task Answer_ToARequest_StandsInForAnAgent()
    {
        _cluster.Probe("greeter").Answer<AskOn, Greeting>(r => new Greeting($"probed {r.Path.Length}"));
        Assert.Equal("probed 0", (await _cluster.Client.Agent("greeter/g").AskAsync(new AskOn(["probe/greeter"]), cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task Answer_Missing_IsRefusedWithTheRemedy()
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await _cluster.Client.Agent("probe/silent").AskAsync(new AskOn([]), cancellationToken: Token));
        Assert.Equal("probe-has-no-answer", refused.Code);
    }

    [Fact]
    public async Task Subscribe_ToATopic_GetsItsEvents()
    {
        var probe = _cluster.Probe("subscriber");
        await probe.SubscribeAsync("orders/eu", Token);
        await _cluster.Client.Topic("orders/eu").PublishAsync(new Note("placed"), cancellationToken: Token);
        Assert.Equal("placed", (await probe.ExpectAsync<Note>(cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task Tell_InTheProbesName_BringsTheRefusalBack()
    {
        var receipt = await _cluster.Probe("teller").TellAsync("account/p", new Note("not handled"), Token);
        Assert.Equal(RefusalCodes.UnknownContract, receipt.Refusal!.Code);
    }
}
