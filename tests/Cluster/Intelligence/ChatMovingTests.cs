using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>A chat agent whose silo ends in the middle of an answer: it is given by another one.</summary>
public sealed class ChatMovingTests(TestStores stores) : IClassFixture<TestStores>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestStores.Memory, false)]
    [InlineData(TestStores.Memory, true)]
    [InlineData(TestStores.Sqlite, false)]
    [InlineData(TestStores.Sqlite, true)]
    public async Task Answer_UnderWayWhenTheSiloEnds_IsGivenByTheNextAndWhatWaitsBehindItToo(string name, bool isKilled)
    {
        var store = await stores.OpenAsync(name, Token);
        var (cluster, model) = await ChatCluster.StartAsync(silos: 2, configure: options => options.Store = store);
        await using var ends = cluster;
        using var ended = model;
        var key = $"moving-{name}-{isKilled}".ToLowerInvariant();
        var agent = cluster.Client.Agent(new AgentId("chatty", key));
        var asked = agent.AskAsync(ChatSay.Of("call abacus__abacus_up {\"by\":1}\ncall Weather {\"city\":\"Ulm\"}\nstall a in 2"), new SendOptions { Timeout = TimeSpan.FromMinutes(4) }, Token).AsTask();
        await ChatCluster.StalledAsync(model, "a");
        var run = await cluster.Client.StartAsync(agent.Id, ChatSay.Of("and then"), cancellationToken: Token);
        while ((await run.ReadAsync(cancellationToken: Token)).State != RunState.Working)
        {
            Token.ThrowIfCancellationRequested();
        }

        model.Stalled.Clear();
        var left = cluster.FindSilo(agent.Id)!;
        await (isKilled ? cluster.KillSiloAsync(left) : cluster.StopSiloAsync(left));
        // Whoever waits brings it back, or the wake service does, for what it owes.
        await ChatCluster.StalledAsync(model, "a");
        Assert.NotEqual(left, cluster.FindSilo(agent.Id));
        Assert.False(asked.IsCompleted);
        TestModel.Signal(model.Gates, "a").SetResult();
        Assert.Equal("Let me see.", (await asked).Text);
        Assert.Equal(RunState.Completed, (await run.WaitAsync(untilFinal: true, Token)).State);
        // The tools had answered before, and are not called again.
        Assert.Equal(1, await ChatCluster.CountAsync(cluster, key));
        Assert.Single(ChattyAgent.Calls[key]);
        Assert.Equal("user assistant tool tool assistant user assistant", ChatCluster.Shape(await ChatCluster.ReadAsync(cluster, key)));
    }
}
