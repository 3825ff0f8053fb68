using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Agents;

public sealed class AskTests(AgentCluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_TypedFromOutside_GetsTypedReply() =>
        Assert.Equal("Hello, Ada!", (await cluster.Outside.Agent("greeter/a").AskAsync(new Greet("Ada"), cancellationToken: Token)).Text);

    [Fact]
    public async Task Ask_TypedInTheSilo_GetsTypedReply() =>
        Assert.Equal("Hello, Ada!", (await cluster.Inside.Agent("greeter/b").AskAsync(new Greet("Ada"), cancellationToken: Token)).Text);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_Json_GetsJson(bool outside)
    {
        var client = outside ? cluster.Outside : cluster.Inside;
        var reply = await client.Agent("greeter/c").AskJsonAsync("test.greet", """{"name":"Ada"}"""u8.ToArray(), cancellationToken: Token);
        Assert.Equal("""{"text":"Hello, Ada!"}"""u8, reply!);
    }

    [Fact]
    public async Task Ask_KindNobodyHosts_IsRefusedNamingTheKinds()
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await cluster.Outside.Agent("nobody/a").AskAsync(new Greet("Ada"), cancellationToken: Token));
        Assert.Equal(RefusalCodes.UnknownKind, refused.Code);
        Assert.Contains("greeter", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test.unheard", 1, RefusalCodes.UnknownContract)]
    [InlineData("test.greet", 7, RefusalCodes.UnknownVersion)]
    public async Task Ask_ContractNotHandled_IsRefusedWithItsCode(string type, int version, string code)
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await cluster.Outside.Agent("greeter/d").AskJsonAsync(type, "{}"u8.ToArray(), version, cancellationToken: Token));
        Assert.Equal(code, refused.Code);
    }

    [Fact]
    public async Task Ask_PayloadThatDoesNotFit_IsRefusedWithEveryProblem()
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () =>
            await cluster.Outside.Agent("account/e").AskJsonAsync("test.add", """{"amount":"x","fail":3}"""u8.ToArray(), cancellationToken: Token));
        Assert.Equal(RefusalCodes.InvalidPayload, refused.Code);
        Assert.Equal(["/payload/amount", "/payload/fail"], refused.Refusal.Problems!.Select(p => p.Pointer).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Ask_HandlerThrows_FailsWithoutTheExceptionsText()
    {
        var account = cluster.Outside.Agent("account/f");
        await account.AskAsync(new Add(1), cancellationToken: Token);
        var failed = await Assert.ThrowsAsync<AgentFailedException>(async () => await account.AskAsync(new Add(5, Fail: true), cancellationToken: Token));
        Assert.Equal(RefusalCodes.HandlerFailed, failed.Code);
        Assert.DoesNotContain("secret", failed.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await account.AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Ask_QueryThatRecordsAnEffect_Fails()
    {
        await Assert.ThrowsAsync<AgentFailedException>(async () =>
            await cluster.Outside.Agent("greeter/g").AskAsync(new BadQuery(), cancellationToken: Token));
    }

    [Fact]
    public async Task Ask_SameIdTwice_AnswersFromTheFirst()
    {
        var account = cluster.Outside.Agent("account/h");
        var options = new SendOptions { Id = MessageId.New() };
        Assert.Equal(3, (await account.AskAsync(new Add(3), options, Token)).Value);
        Assert.Equal(3, (await account.AskAsync(new Add(3), options, Token)).Value);
        var receipt = await account.TellAsync(new Add(3), options, Token);
        Assert.Equal(Outcome.Duplicate, receipt.Outcome);
        Assert.Equal(3, (await account.AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Ask_DuplicateOfARunningOne_JoinsItsAnswer()
    {
        var agent = cluster.Outside.Agent("greeter/i");
        var options = new SendOptions { Id = MessageId.New() };
        var first = agent.AskAsync(new Hold("join"), options, Token).AsTask();
        await Gates.Entered("join").Task.WaitAsync(Token);
        var second = agent.AskAsync(new Hold("join"), options, Token).AsTask();
        Gates.Open("join").SetResult();
        Assert.Equal(1, (await first).Value);
        Assert.Equal(1, (await second).Value);
    }

    [Fact]
    public async Task Ask_RefusedDuplicate_RunsAgain()
    {
        var account = cluster.Outside.Agent("account/j");
        var options = new SendOptions { Id = MessageId.New() };
        await Assert.ThrowsAsync<AgentFailedException>(async () => await account.AskAsync(new Add(1, Fail: true), options, Token));
        Assert.Equal(1, (await account.AskAsync(new Add(1), options, Token)).Value);
    }

    [Fact]
    public async Task Deliver_AMessageForAnotherAgent_IsRefused()
    {
        var grain = cluster.Cluster.Client.GetGrain<IAgentGrain>(GrainId.Create("account", "here"));
        var reply = await grain.DeliverAsync(Envelope.Create("client/t", "account/there", new Add(1)));
        Assert.Equal(RefusalCodes.WrongRecipient, reply.Refusal?.Code);
        Assert.Equal(0, (await cluster.Outside.Agent("account/here").AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Ask_ManyAtOnce_RunOneAtATimeInOrder()
    {
        var account = cluster.Outside.Agent("account/k");
        var totals = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => account.AskAsync(new Add(1), cancellationToken: Token).AsTask()));
        Assert.Equal(Enumerable.Range(1, 100), totals.Select(t => t.Value).Order());
    }
}
