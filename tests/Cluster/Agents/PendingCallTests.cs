using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Agents;

/// <summary>Messages whose callers gave neither a token nor a short timeout: they wait in another way.</summary>
public sealed class PendingCallTests(AgentCluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_WithoutAToken_GetsEachItsOwnReply(bool outside)
    {
        var client = outside ? cluster.Outside : cluster.Inside;
        for (var wave = 0; wave < 20; wave++)
        {
            var asks = Enumerable.Range(0, 50).Select(i => client.Agent($"greeter/wave-{i % 7}").AskAsync(new Greet($"{wave}-{i}"), cancellationToken: CancellationToken.None)).ToArray();
            for (var i = 0; i < asks.Length; i++)
            {
                Assert.Equal($"Hello, {wave}-{i}!", (await asks[i]).Text);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_RefusedOrFailed_Throws(bool outside)
    {
        var account = (outside ? cluster.Outside : cluster.Inside).Agent("account/pending");
        await Assert.ThrowsAsync<AgentFailedException>(async () => await account.AskAsync(new Add(1, Fail: true), cancellationToken: CancellationToken.None));
        await Assert.ThrowsAsync<AgentRefusedException>(async () => await account.AskAsync(new Greet("x"), cancellationToken: CancellationToken.None));
        Assert.Equal(Outcome.Failed, (await account.TellAsync(new Add(1, Fail: true), cancellationToken: CancellationToken.None)).Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_RefusedAsBusy_IsSentAgainUntilThereIsRoom(bool outside)
    {
        var key = $"room-{outside}";
        var agent = (outside ? cluster.Outside : cluster.Inside).Agent(new AgentId("greeter", key));
        var held = cluster.Inside.Agent(new AgentId("greeter", key)).AskAsync(new Hold(key), cancellationToken: Token).AsTask();
        await Gates.Entered(key).Task.WaitAsync(Token);
        var grain = cluster.Cluster.Client.GetGrain<IAgentGrain>(GrainId.Create("greeter", key));
        var waiting = Enumerable.Range(0, 101).Select(_ => grain.DeliverAsync(Envelope.Create("client/t", $"greeter/{key}", new Greet("x"))).AsTask()).ToList();
        await Task.WhenAny(waiting);

        var asks = Enumerable.Range(0, 8).Select(i => agent.AskAsync(new Greet($"{i}"), cancellationToken: CancellationToken.None).AsTask()).ToArray();
        Gates.Open(key).SetResult();

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"Hello, {i}!"), (await Task.WhenAll(asks).WaitAsync(Token)).Select(r => r.Text));
        await held;
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Ask_AwaitedTwice_ThrowsAndHarmsNoOther()
    {
        var agent = cluster.Inside.Agent("greeter/twice");
        var ask = agent.AskAsync(new Greet("first"), cancellationToken: CancellationToken.None);
        await ask;
#pragma warning disable CA2012 // The mistake is what is tested.
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ask);
#pragma warning restore CA2012
        Assert.Equal("Hello, second!", (await agent.AskAsync(new Greet("second"), cancellationToken: CancellationToken.None)).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_CancelledWhileItIsHandled_EndsAtOnceAndHasTheAgentStop(bool outside)
    {
        var (key, agent) = ($"leave-{outside}", (outside ? cluster.Outside : cluster.Inside).Agent(new AgentId("greeter", $"leave-{outside}")));
        using var leave = new CancellationTokenSource();
        var ask = agent.AskAsync(new Hold(key), cancellationToken: leave.Token).AsTask();
        await Gates.Entered(key).Task.WaitAsync(Token);
        await leave.CancelAsync();
        Assert.Equal(leave.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ask)).CancellationToken);
        // Its gate never opens: it answers only where the agent was told to stop.
        Assert.Equal("Hello, x!", (await agent.AskAsync(new Greet("x"), cancellationToken: Token)).Text);
        Assert.True((await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await agent.AskAsync(new Greet("x"), cancellationToken: leave.Token))).CancellationToken.IsCancellationRequested);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_CancelledAsItsAnswerComes_EndsInOneOfTheTwoAndHarmsNoOther(bool outside)
    {
        var client = outside ? cluster.Outside : cluster.Inside;
        var ends = new bool[2];
        for (var wave = 0; wave < 30; wave++)
        {
            using var leave = new CancellationTokenSource();
            var asks = Enumerable.Range(0, 40).Select(i => AskAsync(i, $"{wave}-{i}", i % 2 == 0 ? leave.Token : CancellationToken.None)).ToArray();
            await Task.WhenAny(asks);
            await leave.CancelAsync();
            await Task.WhenAll(asks).WaitAsync(Token);
        }

        Assert.True(ends[0], "Not one was answered.");

        async Task AskAsync(int number, string text, CancellationToken leave)
        {
            try
            {
                Assert.Equal($"Hello, {text}!", (await client.Agent($"greeter/race-{number % 5}").AskAsync(new Greet(text), cancellationToken: leave)).Text);
                ends[0] = true;
            }
            catch (OperationCanceledException) when (leave.IsCancellationRequested)
            {
                ends[1] = true;
            }
        }
    }
}
