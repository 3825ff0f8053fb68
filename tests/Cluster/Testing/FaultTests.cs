using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Testing;

public sealed class FaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DropRequest_OfTheFirstTry_IsRepeatedAndHandledOnce()
    {
        var faults = new FaultPlan(1);
        faults.Link("client/*", "account/*").DropRequest(When.Number(1));
        await using var cluster = await StartAsync(faults);
        var reply = await cluster.Client.SendAsync(Envelope.Create("client/test", "account/a", new Add(5)), cancellationToken: Token);
        // Not a duplicate: the first try never arrived.
        Assert.Equal((Outcome.Accepted, 5), (reply.Outcome, reply.As<Total>()!.Value));
        Assert.Equal("DropRequest client/test -> account/a #1", Assert.Single(faults.Injected).ToString());
    }

    [Fact]
    public async Task DropRequest_Always_LeavesTheOutcomeUnknown()
    {
        var faults = new FaultPlan(1);
        faults.Link(to: "account/*").DropRequest(When.Always);
        await using var cluster = await StartAsync(faults);
        await Assert.ThrowsAsync<AgentTimeoutException>(async () => await cluster.Client.Agent("account/a").AskAsync(
            new Add(5), new SendOptions { Timeout = TimeSpan.FromMilliseconds(300) }, Token));
        faults.Pause();
        Assert.Equal(0, (await cluster.Client.Agent("account/a").AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task DropReply_OfTheFirstTry_IsAnsweredFromWhatWasHandled()
    {
        var faults = new FaultPlan(1);
        faults.Link(to: "account/*").DropReply(When.Number(1));
        await using var cluster = await StartAsync(faults);
        var reply = await cluster.Client.SendAsync(Envelope.Create("client/test", "account/a", new Add(5)), cancellationToken: Token);
        Assert.Equal((Outcome.Duplicate, 5), (reply.Outcome, reply.As<Total>()!.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Drop_OfWhatAnAgentTells_IsToldAgainInOrder(bool request)
    {
        var faults = new FaultPlan(1);
        var link = faults.Link("account/*", "probe/*");
        _ = request ? link.DropRequest(When.Number(1)) : link.DropReply(When.Number(1));
        await using var cluster = await StartAsync(faults);
        var probe = cluster.Probe("told");
        await cluster.Client.Agent("account/a").AskAsync(new TellOn("probe/told", 5), cancellationToken: Token);
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(["test.add", "test.note"], probe.Messages.Select(m => m.Type));
        Assert.Single(faults.Injected);
    }

    [Fact]
    public async Task Faults_OfATopicsEvents_LoseNone()
    {
        var faults = new FaultPlan(3);
        faults.Link("topic/*", "listener/*").DropRequest(When.Chance(0.2)).DropReply(When.Chance(0.2)).Duplicate(When.Chance(0.2));
        await using var cluster = await StartAsync(faults, options => options.AddAgent<ListenerAgent>());
        await cluster.Client.Agent("listener/faults").AskAsync(new AskOn(["faults"]), cancellationToken: Token);
        for (var i = 0; i < 20; i++)
        {
            await cluster.Client.Topic("faults").PublishAsync(new Note($"{i}"), cancellationToken: Token);
        }

        await Gates.Entered("listener/faults=20").Task.WaitAsync(Token);
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal(20, ListenerAgent.Heard["faults"].Select(e => e.Id).Distinct().Count());
        Assert.NotEmpty(faults.Injected);
    }

    [Fact]
    public async Task Duplicate_OfAMessage_IsHandledOnce()
    {
        var faults = new FaultPlan(1);
        faults.Link(to: "account/*").Duplicate(When.Always);
        await using var cluster = await StartAsync(faults);
        for (var i = 1; i <= 10; i++)
        {
            Assert.Equal(i, (await cluster.Client.Agent("account/a").AskAsync(new Add(1), cancellationToken: Token)).Value);
        }

        Assert.Equal(10, faults.Injected.Count);
    }

    [Fact]
    public async Task Delay_OfAMessage_LastsUntilTheClockIsAdvanced()
    {
        var time = new FakeTimeProvider();
        var faults = new FaultPlan(1);
        faults.Link(to: "account/*").Delay(When.Always, TimeSpan.FromSeconds(10));
        await using var cluster = await StartAsync(faults, options => options.Time = time);
        var ask = cluster.Client.Agent("account/a").AskAsync(new Add(1), cancellationToken: Token).AsTask();
        await faults.WaitAsync(1, Token);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Null(cluster.FindSilo("account/a"));
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, (await ask).Value);
    }

    [Fact]
    public async Task AdvanceUntil_ARepeatIsDue_GetsTheAnswer()
    {
        var time = new FakeTimeProvider();
        var faults = new FaultPlan(1);
        faults.Link(to: "account/*").DropRequest(When.Number(1));
        await using var cluster = await StartAsync(faults, options => options.Time = time);
        var ask = cluster.Client.Agent("account/a").AskAsync(new Add(1), cancellationToken: Token).AsTask();
        await cluster.AdvanceUntilAsync(ask);
        Assert.Equal(1, (await ask).Value);
    }

    [Fact]
    public async Task Reorder_OfTwoUnderWay_LetsTheSecondPass()
    {
        var faults = new FaultPlan(1);
        faults.Link(to: "probe/*").Reorder(When.Number(1), patience: TimeSpan.FromSeconds(20));
        await using var cluster = await StartAsync(faults);
        var probe = cluster.Probe("order");
        var first = cluster.Client.Agent(probe.Id).TellAsync(new Note("first"), cancellationToken: Token).AsTask();
        await faults.WaitAsync(1, Token);
        await cluster.Client.Agent(probe.Id).TellAsync(new Note("second"), cancellationToken: Token);
        await first;
        Assert.Equal("second", (await probe.ExpectAsync<Note>(cancellationToken: Token)).Text);
        Assert.Equal("first", (await probe.ExpectAsync<Note>(cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task Reorder_WithNothingBehind_GoesOnAfterItsPatience()
    {
        var faults = new FaultPlan(1);
        faults.Link(to: "account/*").Reorder(When.Always, patience: TimeSpan.FromMilliseconds(20));
        await using var cluster = await StartAsync(faults);
        Assert.Equal(1, (await cluster.Client.Agent("account/a").AskAsync(new Add(1), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task FailBefore_OfACommit_LeavesNoTraceAndTheRepeatDoes()
    {
        var faults = new FaultPlan(1);
        faults.Commits("account/*").FailBefore(When.Number(1, 3));
        await using var cluster = await StartAsync(faults);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i, (await cluster.Client.Agent("account/a").AskAsync(new Add(1), cancellationToken: Token)).Value);
        }

        Assert.Equal(2, faults.Injected.Count);
    }

    [Fact]
    public async Task FailAfter_OfACommit_IsHandledOnce()
    {
        var faults = new FaultPlan(1);
        faults.Commits("account/*").FailAfter(When.Number(1, 3));
        await using var cluster = await StartAsync(faults);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i, (await cluster.Client.Agent("account/a").AskAsync(new Add(1), cancellationToken: Token)).Value);
        }

        Assert.Equal(2, faults.Injected.Count);
    }

    [Fact]
    public async Task Restart_BehindEveryMessage_KeepsADurableAgent()
    {
        var faults = new FaultPlan(1).Restart("account/*", When.Always);
        await using var cluster = await StartAsync(faults);
        for (var i = 1; i <= 5; i++)
        {
            Assert.Equal(i, (await cluster.Client.Agent("account/a").AskAsync(new Add(1), cancellationToken: Token)).Value);
        }

        Assert.True(faults.Injected.Count >= 5, faults.ToString());
    }

    [Fact]
    public async Task Seed_SameTwice_InjectsTheSameFaults()
    {
        var first = await RunAsync(seed: 11);
        Assert.NotEmpty(first);
        Assert.Equal(first, await RunAsync(seed: 11));
        Assert.NotEqual(first, await RunAsync(seed: 12));
    }

    private static async Task<IReadOnlyList<string>> RunAsync(int seed)
    {
        var faults = new FaultPlan(seed);
        faults.Link("client/*", "account/*").DropRequest(When.Chance(0.1)).DropReply(When.Chance(0.1)).Duplicate(When.Chance(0.1));
        faults.Commits("account/*").FailBefore(When.Chance(0.05));
        await using var cluster = await StartAsync(faults);
        for (var i = 1; i <= 40; i++)
        {
            Assert.Equal(i, (await cluster.Client.Agent("account/a").AskAsync(new Add(1), cancellationToken: Token)).Value);
        }

        return [.. faults.Injected.Select(f => f.ToString())];
    }

    private static Task<AgentTestCluster> StartAsync(FaultPlan faults, Action<AgentTestClusterOptions>? configure = null) => AgentTestCluster.StartAsync(
        options =>
        {
            options.Faults = faults;
            options.AddAgent<AccountAgent>();
            configure?.Invoke(options);
        },
        Token);
}
