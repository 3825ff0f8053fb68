using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;

namespace OrleansAgents.Tests.Agents;

/// <summary>What becomes of messages that agents pass on: at a stop, along hops, and within an ask.</summary>
public sealed class PassingOnTests(AgentCluster shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_WhileTheOutboxSends_WaitsForTheAcknowledgement()
    {
        var teller = shared.Outside.Agent("teller/stop");
        await teller.TellAsync(new TellHold("greeter/told", "told"), cancellationToken: Token);
        await Gates.Entered("told").Task.WaitAsync(Token);
        var stop = teller.StopAsync(Token).AsTask();
        Assert.False(stop.IsCompleted);
        Gates.Open("told").SetResult();
        await stop;
        Assert.Equal(2, (await shared.Outside.Agent("greeter/told").AskAsync(new Hold("told"), cancellationToken: Token)).Value);
    }

    [Theory]
    [InlineData("teller")]
    [InlineData("durable-teller")]
    public async Task Stop_WhoseOutboxCannotSend_EndsAfterItsPatienceAndTheMessageIsHandledOnce(string kind)
    {
        await using var cluster = await AgentTestCluster.StartAsync(
            options => options.AddAgentsFrom(typeof(TellerAgent).Assembly).ConfigureAgents(o => o.StopPatience = TimeSpan.FromMilliseconds(50)), Token);
        var (gate, told) = ($"patience-{kind}", AgentId.Parse($"greeter/{kind}"));
        var teller = cluster.Client.Agent($"{kind}/a");
        await teller.TellAsync(new TellHold(told.ToString(), gate), cancellationToken: Token);
        await Gates.Entered(gate).Task.WaitAsync(Token);
        await teller.StopAsync(Token);
        // The next activation sends again what a durable agent could not, under the same id.
        await teller.TellAsync(new TellHold(told.ToString(), gate), cancellationToken: Token);
        Gates.Open(gate).SetResult();
        await cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(3, (await cluster.Client.Agent(told).AskAsync(new Hold(gate), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Forward_OfAMessage_KeepsSenderHeadersAndExpiryAndAddsAHop()
    {
        var expiry = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1);
        var message = Forwarded("forwarder/a", "listener/forwarded").WithExpiry(expiry);
        Assert.Equal(Outcome.Accepted, (await shared.Outside.SendAsync(message, cancellationToken: Token)).Outcome);
        await Gates.Entered("listener/forwarded=1").Task.WaitAsync(Token);
        var heard = Assert.Single(ListenerAgent.Heard["forwarded"]);
        Assert.Equal("client/far", heard.Sender.ToString());
        Assert.Equal(expiry, heard.ExpiresAt);
        Assert.Equal("listener/forwarded", heard.Extras!.Headers!["next"]);
        Assert.Equal("forwarder/a", Assert.Single(heard.Extras.Hops).ToString());
        Assert.NotEqual(message.Id, heard.Id);
        Assert.Equal(message.Id, heard.Extras.CausationId);
    }

    [Fact]
    public async Task Forward_BeyondTheHopLimit_IsRefused()
    {
        var hops = Enumerable.Range(0, 16).Select(i => AgentId.Parse($"echo/{i}")).ToArray();
        Assert.Equal(RefusalCodes.TooManyHops, await ForwardAsync("listener/too-far", hops));
        Assert.Null(await ForwardAsync("listener/far", hops[1..]));
        await Gates.Entered("listener/far=1").Task.WaitAsync(Token);
        Assert.False(ListenerAgent.Heard.ContainsKey("too-far"));
    }

    [Theory]
    [InlineData("forwarder/circle")]
    [InlineData("echo/passed")]
    public async Task Forward_BackToAnAgentItPassed_IsRefused(string next) =>
        Assert.Equal(RefusalCodes.Cycle, await ForwardAsync(next, "echo/passed"));

    [Fact]
    public async Task Ask_WithinATurn_EndsWithItsAskersDeadline()
    {
        var teller = shared.Outside.Agent("teller/nested");
        await Assert.ThrowsAnyAsync<AgentException>(async () => await teller.AskAsync(
            new AskHold("greeter/nested", "never-opened"), new SendOptions { Timeout = TimeSpan.FromMilliseconds(300) }, Token));
        // The asking turn waits without a token; it would hold the agent for the 30 seconds of AskTimeout.
        var receipt = await teller.TellAsync(new TellHold("greeter/nested-after", "nested-after"), new SendOptions { Timeout = TimeSpan.FromSeconds(15) }, Token);
        Assert.Equal(Outcome.Accepted, receipt.Outcome);
        Gates.Open("nested-after").SetResult();
    }

    private async Task<string?> ForwardAsync(string next, params AgentId[] hops)
    {
        var message = Forwarded("forwarder/circle", next);
        return (await shared.Outside.SendAsync(message.With(message.Extras! with { Hops = hops }), cancellationToken: Token)).Refusal?.Code;
    }

    private static Envelope Forwarded(string forwarder, string next) => Envelope.Create("client/far", forwarder, new Note("on"))
        .With(new EnvelopeExtras { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["next"] = next } });
}
