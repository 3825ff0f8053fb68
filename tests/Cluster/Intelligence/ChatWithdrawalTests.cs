using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>What budgets are told of calls of a model that nobody wants any more.</summary>
public sealed class ChatWithdrawalTests
{
    // What the estimate adds for a message.
    private const int PerMessage = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_ThatIsWithdrawn_CountsItsPromptAndWhatWasHeard(bool isRun)
    {
        var (cluster, model) = await StartAsync();
        await using var ends = cluster;
        if (isRun)
        {
            await (await StallRunAsync(cluster, model, "stall a in 1")).CancelAsync(Token);
        }
        else
        {
            using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var asked = cluster.Client.Agent("chatty/a").AskAsync(ChatSay.Of("stall a in 1"), cancellationToken: caller.Token).AsTask();
            await ChatCluster.StalledAsync(model, "a");
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        }

        var spent = await SettledAsync(cluster, model);
        Assert.Equal((1L, (long)Prompt(model) + TokenEstimate.Of("Let me ") + PerMessage, 0L), (spent.Total.Calls, spent.Total.Tokens, spent.Reserved.Calls));
        Assert.Equal(Prompt(model) * 1m + (TokenEstimate.Of("Let me ") + PerMessage) * 2m, spent.Total.Cost);
    }

    [Fact]
    public async Task Call_WithdrawnBehindAReport_CountsNotLessThanWasReported()
    {
        var (cluster, model) = await StartAsync();
        await using var ends = cluster;
        await (await StallRunAsync(cluster, model, "usage 5000 900\nstall a in 1")).CancelAsync(Token);
        Assert.Equal(5900, (await SettledAsync(cluster, model)).Total.Tokens);
    }

    [Fact]
    public async Task Call_ThatASecondActivationMadeAgain_StandsAsEstimatedWhereItIsWithdrawn()
    {
        var (cluster, model) = await StartAsync();
        await using var ends = cluster;
        var run = await StallRunAsync(cluster, model, "stall a in 1");
        var estimated = (await ReadAsync(cluster)).Reserved;
        model.Stalled.Clear();
        await cluster.RestartAgentAsync("chatty/a");
        await ChatCluster.StalledAsync(model, "a");
        Assert.Equal(2, model.Calls.Count);
        await run.CancelAsync(Token);
        await StoppedAsync(cluster, model);
        var spent = await ReadAsync(cluster);
        Assert.Equal((0L, estimated), (spent.Total.Calls, spent.Reserved));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_WhoseWithdrawalCrashes_CountsOnceAndNotLessThanWasHeard(bool isBefore)
    {
        var faults = new FaultPlan(1);
        faults.Pause();
        _ = isBefore ? faults.Commits("chatty/a").FailBefore(When.Number(2)) : faults.Commits("chatty/a").FailAfter(When.Number(2));
        faults.Resume();
        var (cluster, model) = await StartAsync(faults);
        await using var ends = cluster;
        var run = await StallRunAsync(cluster, model, "stall a in 1");
        await run.CancelAsync(Token);
        await StoppedAsync(cluster, model);
        Assert.Single(faults.Injected);
        var spent = await ReadAsync(cluster);
        Assert.Equal(1, spent.Total.Calls + spent.Reserved.Calls);
        Assert.True(spent.Total.Tokens + spent.Reserved.Tokens >= Prompt(model) + TokenEstimate.Of("Let me "), spent.ToString());
        // What the crash came behind is stored, and told when the agent is there again.
        Assert.True(isBefore || spent.Reserved.Calls == 0, spent.ToString());
    }

    private static Task<(AgentTestCluster Cluster, TestModel Model)> StartAsync(FaultPlan? faults = null) => ChatCluster.StartAsync(faults, configure: options => options.ConfigureSilo(
        silo => silo.WithSpendingLimits(limits => limits.Limits["agent"] = new SpendingLimit { Of = "chatty/*", Tokens = 1_000_000 })));

    private static async Task<RunHandle> StallRunAsync(AgentTestCluster cluster, TestModel model, string text)
    {
        var run = await cluster.Client.StartAsync("chatty/a", ChatSay.Of(text), cancellationToken: Token);
        await ChatCluster.StalledAsync(model, "a");
        return run;
    }

    private static int Prompt(TestModel model) => TokenEstimate.Of(model.Calls[0].Messages, model.Calls[0].Options);

    private static async Task<BudgetReading> ReadAsync(AgentTestCluster cluster) =>
        await cluster.Client.Agent(BudgetAddress.OfAgent("chatty/a")).AskAsync(new BudgetRead(), cancellationToken: Token);

    private static async Task<BudgetReading> SettledAsync(AgentTestCluster cluster, TestModel model)
    {
        await StoppedAsync(cluster, model);
        return await ReadAsync(cluster);
    }

    /// <summary>Waits until the model was stopped, the agent answers nothing any more, and what it told has come.</summary>
    private static async Task StoppedAsync(AgentTestCluster cluster, TestModel model)
    {
        await TestModel.Signal(model.Stopped, "a").Task.WaitAsync(Token);
        for (var isBusy = true; isBusy;)
        {
            try
            {
                await cluster.Client.Agent("chatty/a").AskAsync(new ChatClear(), cancellationToken: Token);
                isBusy = false;
            }
            catch (AgentException)
            {
                // It is answering, or was crashed in the middle.
            }
        }

        await cluster.IdleAsync(cancellationToken: Token);
    }
}
