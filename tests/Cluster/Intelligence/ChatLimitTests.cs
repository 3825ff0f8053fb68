using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Agents;
using OrleansAgents.Hosting;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Testing;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>What agents that talk spend, and the tools that others bring them.</summary>
public sealed class ChatLimitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Budgets_OfAgentConversationAndIdentity_RefuseBeforeTheModelIsCalledAndKnowWhatWasSpent()
    {
        var (cluster, model) = await ChatCluster.StartAsync(configure: options => options.ConfigureSilo(silo => silo.WithSpendingLimits(limits =>
        {
            limits.Limits["agent"] = new SpendingLimit { Of = "chatty/poor", Calls = 1 };
            limits.Limits["talk"] = new SpendingLimit { Per = LimitScope.Conversation, ToolCalls = 1 };
            limits.Limits["who"] = new SpendingLimit { Per = LimitScope.Identity, Of = "client/test", Tokens = 100_000 };
        })));
        await using var ends = cluster;
        var poor = cluster.Client.Agent("chatty/poor");
        await poor.AskAsync(ChatSay.Of("once"), cancellationToken: Token);
        await cluster.IdleAsync(cancellationToken: Token);
        var calls = model.Calls.Count;
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => poor.AskAsync(ChatSay.Of("twice"), cancellationToken: Token).AsTask());
        Assert.Equal(BudgetCodes.OverBudget, refused.Code);
        Assert.Equal(calls, model.Calls.Count);
        var run = await (await cluster.Client.StartAsync("chatty/poor", ChatSay.Of("thrice"), cancellationToken: Token)).WaitAsync(untilFinal: true, Token);
        Assert.Equal(BudgetCodes.OverBudget, run.Code);
        var spent = await ReadAsync(BudgetAddress.OfAgent("chatty/poor"));
        Assert.Equal((1L, 0L), (spent.Total.Calls, spent.Reserved.Calls));
        Assert.True(spent.Total.Tokens > 0 && spent.Total.Cost > spent.Total.Tokens, spent.ToString());
        Assert.Equal(spent.Total.Tokens, (await ReadAsync(BudgetAddress.OfIdentity("client/test"))).Total.Tokens);

        var rich = cluster.Client.Agent("chatty/rich");
        var options = new SendOptions { ConversationId = "talk" };
        const string Two = "call abacus__abacus_up {\"by\":1}\ncall abacus__abacus_up {\"by\":1}";
        refused = await Assert.ThrowsAsync<AgentRefusedException>(() => rich.AskAsync(ChatSay.Of(Two), options, Token).AsTask());
        Assert.Equal(BudgetCodes.OverBudget, refused.Code);
        Assert.Equal(0, await ChatCluster.CountAsync(cluster, "rich"));
        await rich.AskAsync(ChatSay.Of("call abacus__abacus_up {\"by\":1}"), options, Token);
        await cluster.IdleAsync(cancellationToken: Token);
        var talk = await ReadAsync(BudgetAddress.OfConversation("talk"));
        Assert.Equal((1L, 0L, 3L), (talk.Total.ToolCalls, talk.Reserved.ToolCalls + talk.Reserved.Calls, talk.Total.Calls));

        Task<BudgetReading> ReadAsync(AgentId budget) => ReadBudgetAsync(cluster, budget);
    }

    [Fact]
    public async Task Answer_ThatCannotBeRead_IsPaidForOnceAndNotAskedForAgain()
    {
        var (cluster, model) = await StartLimitedAsync();
        await using var ends = cluster;
        var agent = cluster.Client.Agent("chatty/a");
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => agent.AskAsync(ChatSay.Of("babble"), cancellationToken: Token).AsTask());
        Assert.Equal(ModelCodes.Broken, refused.Code);
        Assert.Single(model.Calls);
        var spent = await ReadBudgetAsync(cluster, BudgetAddress.OfAgent("chatty/a"));
        Assert.Equal((1L, 0L), (spent.Total.Calls, spent.Reserved.Calls));
    }

    [Fact]
    public async Task Usage_ThatCannotBe_CountsAsEstimated()
    {
        var (cluster, _) = await StartLimitedAsync();
        await using var ends = cluster;
        await cluster.Client.Agent("chatty/a").AskAsync(ChatSay.Of("usage -100000 -100000"), cancellationToken: Token);
        var spent = await ReadBudgetAsync(cluster, BudgetAddress.OfAgent("chatty/a"));
        Assert.True(spent is { Total: { Calls: 1, Tokens: > 0 }, Reserved.Calls: 0 }, spent.ToString());
    }

    private static Task<(AgentTestCluster Cluster, TestModel Model)> StartLimitedAsync() => ChatCluster.StartAsync(configure: options => options.ConfigureSilo(
        silo => silo.WithSpendingLimits(limits => limits.Limits["agent"] = new SpendingLimit { Tokens = 1_000_000 })));

    private static async Task<BudgetReading> ReadBudgetAsync(AgentTestCluster cluster, AgentId budget)
    {
        await cluster.IdleAsync(cancellationToken: Token);
        return await cluster.Client.Agent(budget).AskAsync(new BudgetRead(), cancellationToken: Token);
    }

    [Fact]
    public async Task Tools_OfASource_AreOfferedAndCalled()
    {
        var source = new TestToolSource();
        var (cluster, _) = await ChatCluster.StartAsync(configure: options => options.AddAgent<SourcedAgent>().ConfigureAgents(agents => agents.Labels.Add("shelf")).ConfigureSilo(silo => silo.Services.AddSingleton<IToolSource>(source)));
        await using var ends = cluster;
        var agent = cluster.Client.Agent("sourced/a");
        Assert.Contains("found: pears", (await agent.AskAsync(ChatSay.Of("call find {\"what\":\"pears\"}"), cancellationToken: Token)).Text, StringComparison.Ordinal);
        source.IsDown = true;
        Assert.Equal("test.down", (await Assert.ThrowsAsync<AgentRefusedException>(() => agent.AskAsync(ChatSay.Of("hello"), cancellationToken: Token).AsTask())).Code);
    }
}

// With a label, for its source is in one test only, and a silo without it would not start.
[Agent("sourced", Label = "shelf")]
internal sealed class SourcedAgent : ChatAgent
{
    protected override string Instructions => "You find things.";

    protected override IReadOnlyList<string> ToolSources => ["shelf"];
}

internal sealed class TestToolSource : IToolSource
{
    public string Name => "shelf";

    public bool IsDown { get; set; }

    public ValueTask<IReadOnlyList<AIFunction>> ListAsync(CancellationToken cancellationToken) => IsDown
        ? throw new AgentRefusedException("test.down", "The shelf is down.")
        : new([AIFunctionFactory.Create((string what) => $"found: {what}", "find")]);
}
