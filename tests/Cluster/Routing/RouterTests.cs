using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Routing;
using OrleansAgents.Testing;

namespace OrleansAgents.Tests.Routing;

/// <summary>Messages on their way through routers.</summary>
public sealed class RouterTests : IAsyncLifetime
{
    private AgentTestCluster _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await AgentTestCluster.StartAsync(
        options => options.AddAgent<TillAgent>().AddAgent<ShopperAgent>(), Token);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Ask_OverThreeHops_ComesBackWithTheAnswerAndTheWay()
    {
        await PutAsync("router/a", new Route("on", ["router/b"]));
        await PutAsync("router/b", new Route("on", ["router/c"]));
        await PutAsync("router/c", new Route("on", ["till/1"]));
        var paid = await _cluster.Client.Agent("router/a").AskAsync(new Pay("x", 5), cancellationToken: Token);
        Assert.Equal(("till/1", 5), (paid.Till, paid.Sum));
        Assert.Equal(["router/a", "router/b", "router/c"], paid.Hops);
        Assert.StartsWith("client/", paid.Sender, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_InACircle_IsRefusedWithTheWay()
    {
        await PutAsync("router/a", new Route("on", ["router/b"]));
        await PutAsync("router/b", new Route("on", ["router/a"]));
        var fault = await Assert.ThrowsAsync<AgentRefusedException>(async () => await _cluster.Client.Agent("router/a").AskAsync(new Pay("x", 1), cancellationToken: Token));
        Assert.Equal(RefusalCodes.Cycle, fault.Refusal.Code);
        Assert.Contains("router/a → router/b → router/a", fault.Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_OverMoreHopsThanTheLimit_IsRefused()
    {
        for (var i = 0; i < 17; i++)
        {
            await PutAsync($"router/h{i}", new Route("on", [$"router/h{i + 1}"]));
        }

        var fault = await Assert.ThrowsAsync<AgentRefusedException>(async () => await _cluster.Client.Agent("router/h0").AskAsync(new Pay("x", 1), cancellationToken: Token));
        Assert.Equal(RefusalCodes.TooManyHops, fault.Refusal.Code);
    }

    [Fact]
    public async Task Message_ThatNoRuleTakes_IsRefusedAndADeadLetter()
    {
        await PutAsync("router/a", new Route("r", ["till/1"]) { When = new RouteMatch { Type = "other" } });
        var fault = await Assert.ThrowsAsync<AgentRefusedException>(async () => await _cluster.Client.Agent("router/a").AskAsync(new Pay("x", 1), cancellationToken: Token));
        Assert.Equal(RouterCodes.NoRoute, fault.Refusal.Code);
        await LetterAsync("router/a", RouterCodes.NoRoute);
        await PutAsync("router/a", new Route("default", ["till/1"]) { Order = int.MaxValue });
        Assert.Equal(1, (await _cluster.Client.Agent("router/a").AskAsync(new Pay("y", 1), cancellationToken: Token)).Sum);
    }

    [Fact]
    public async Task Tell_OfAnAgentThatNoRuleTakes_IsOneDeadLetter()
    {
        await _cluster.Client.Agent("shopper/1").TellAsync(new Shop("router/none", "x", 1), cancellationToken: Token);
        await LetterAsync("router/none", RouterCodes.NoRoute);
        await _cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal(1, await CountLettersAsync("router/none"));
    }

    [Fact]
    public async Task Rules_ThatAreFaulty_ChangeNothing()
    {
        await PutAsync("router/a", new Route("r", ["till/1"]));
        var fault = await Assert.ThrowsAsync<AgentRefusedException>(async () => await PutAsync("router/a", new Route("s", ["till/1"]), new Route("t", ["nonsense"])));
        Assert.Equal(RouterCodes.BadRoute, fault.Refusal.Code);
        var page = await _cluster.Client.Agent("router/a").AskAsync(new RouterRead(), cancellationToken: Token);
        Assert.Equal((1, "r"), (page.Version, Assert.Single(page.Routes).Name));
    }

    [Fact]
    public async Task Rules_ChangedMeanwhile_AreAConflict()
    {
        var change = new RouterChange([new Route("r", ["till/1"])], Expected: 0);
        Assert.Equal(1, (await _cluster.Client.Agent("router/a").AskAsync(change, cancellationToken: Token)).Version);
        var fault = await Assert.ThrowsAsync<AgentRefusedException>(async () => await _cluster.Client.Agent("router/a").AskAsync(change, cancellationToken: Token));
        Assert.Equal(RouterCodes.Conflict, fault.Refusal.Code);
    }

    [Fact]
    public async Task Rules_OfARouterThatCrashed_AreThere()
    {
        await PutAsync("router/a", new Route("r", ["till/1"]) { When = new RouteMatch { Payload = Fields("/name", "\"x\"") }, By = "/name" });
        await _cluster.RestartAgentAsync("router/a");
        Assert.Equal(3, (await _cluster.Client.Agent("router/a").AskAsync(new Pay("x", 3), cancellationToken: Token)).Sum);
    }

    [Fact]
    public async Task One_InTurn_ReachesEach()
    {
        await PutAsync("router/a", new Route("r", ["till/1", "till/2", "till/3"]) { Pick = RoutePick.Rotate });
        var tills = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            tills.Add((await _cluster.Client.Agent("router/a").AskAsync(new Pay($"{i}", 1), cancellationToken: Token)).Till);
        }

        Assert.Equal(["till/1", "till/2", "till/3", "till/1", "till/2", "till/3"], tills);
    }

    [Fact]
    public async Task One_InTurnAndRepeated_ReachesTheSame()
    {
        await PutAsync("router/a", new Route("r", ["till/1", "till/2", "till/3"]) { Pick = RoutePick.Rotate });
        var options = new SendOptions { Id = MessageId.New() };
        var first = await _cluster.Client.Agent("router/a").AskAsync(new Pay("x", 1), options, Token);
        await _cluster.RestartAgentAsync("router/a");
        var second = await _cluster.Client.Agent("router/a").AskAsync(new Pay("x", 1), options, Token);
        Assert.Equal((first.Till, first.Sum), (second.Till, second.Sum));
    }

    [Fact]
    public async Task One_ThatFails_GivesWayToTheNextAndIsAvoided()
    {
        await PutAsync("router/a", new Route("r", ["till/fails", "till/2"]) { Pick = RoutePick.Rotate });
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal("till/2", (await _cluster.Client.Agent("router/a").AskAsync(new Pay($"{i}", 1), cancellationToken: Token)).Till);
        }

        var page = await _cluster.Client.Agent("router/a").AskAsync(new RouterRead(), cancellationToken: Token);
        Assert.Equal(("till/fails", RefusalCodes.HandlerFailed), (Assert.Single(page.Avoided).Agent, page.Avoided[0].Code));
    }

    [Fact]
    public async Task One_OfAKindThatNobodyHosts_GivesWayToTheNext()
    {
        await PutAsync("router/a", new Route("r", ["nobody/1", "till/2"]) { Pick = RoutePick.Rotate });
        Assert.Equal("till/2", (await _cluster.Client.Agent("router/a").AskAsync(new Pay("x", 1), cancellationToken: Token)).Till);
    }

    [Fact]
    public async Task One_ThatRefuses_IsTheAnswer()
    {
        await PutAsync("router/a", new Route("r", ["till/1", "till/2"]));
        var fault = await Assert.ThrowsAsync<AgentRefusedException>(async () => await _cluster.Client.Agent("router/a").AskAsync(new Pay("x", -1), cancellationToken: Token));
        Assert.Equal("till.negative", fault.Refusal.Code);
    }

    [Fact]
    public async Task All_Asked_AnswerTogether()
    {
        await PutAsync("router/a", new Route("r", ["till/1", "till/2"]) { Send = RouteMode.All });
        var json = await _cluster.Client.Agent("router/a").AskJsonAsync("test.pay", Json(new Pay("x", 2)), cancellationToken: Token);
        var all = JsonElement.Parse(json).GetProperty("all").EnumerateArray().Select(a => (a.GetProperty("agent").GetString(), a.GetProperty("reply").GetProperty("sum").GetInt32()));
        Assert.Equal([("till/1", 2), ("till/2", 2)], all);
    }

    [Fact]
    public async Task All_OfWhichOneRefuses_IsRefusedInItsName()
    {
        await PutAsync("router/a", new Route("r", ["till/1", "nobody/1"]) { Send = RouteMode.All });
        var fault = await Assert.ThrowsAsync<AgentRefusedException>(async () => await _cluster.Client.Agent("router/a").AskAsync(new Pay("x", 2), cancellationToken: Token));
        Assert.Equal(RefusalCodes.UnknownKind, fault.Refusal.Code);
        Assert.StartsWith("nobody/1", fault.Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_ThatAccepts_AnswersAndTheOthersStop()
    {
        await PutAsync("router/a", new Route("r", ["till/stays", "till/2"]) { Send = RouteMode.First });
        Assert.Equal("till/2", (await _cluster.Client.Agent("router/a").AskAsync(new Pay("x", 2), cancellationToken: Token)).Till);
        // It is told to stop, or this would wait for its turn.
        Assert.Equal(0, (await _cluster.Client.Agent("till/stays").AskAsync(new ReadTill(), cancellationToken: Token)).Sum);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Quorum_OfThreeOfWhichOneRefuses_DependsOnHowManyAreEnough(int enough, bool accepted)
    {
        await PutAsync("router/a", new Route("r", ["till/1", "nobody/1", "till/2"]) { Send = RouteMode.Quorum, Enough = enough });
        var reply = await _cluster.Client.SendAsync(Envelope.Create("client/t", "router/a", new Pay("x", 2)), cancellationToken: Token);
        Assert.Equal(accepted ? null : RouterCodes.TooFew, reply.Refusal?.Code);
    }

    [Fact]
    public async Task Cancelled_OnItsWay_StopsAtItsRecipient()
    {
        await PutAsync("router/a", new Route("r", ["router/b"]));
        await PutAsync("router/b", new Route("r", ["till/waits"]));
        using var cancel = new CancellationTokenSource();
        var ask = _cluster.Client.Agent("router/a").AskAsync(new Pay("x", 2), cancellationToken: cancel.Token).AsTask();
        await TillAgent.WaitingAsync(Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ask);
        Assert.Equal(0, (await _cluster.Client.Agent("till/waits").AskAsync(new ReadTill(), cancellationToken: Token)).Sum);
    }

    [Fact]
    public async Task Explain_AMessage_NamesTheRuleAndSendsNothing()
    {
        await PutAsync("router/a", new Route("r", ["till/1"]) { When = new RouteMatch { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["to"] = "one" } } });
        var router = _cluster.Client.Agent("router/a");
        Assert.Null((await router.AskAsync(new RouterExplain("test.pay"), cancellationToken: Token)).Route);
        var explained = await router.AskAsync(new RouterExplain("test.pay", Headers: new Dictionary<string, string>(StringComparer.Ordinal) { ["to"] = "one" }), cancellationToken: Token);
        Assert.Equal(("r", "till/1"), (explained.Route, Assert.Single(explained.To)));
        Assert.Equal(0, (await _cluster.Client.Agent("till/1").AskAsync(new ReadTill(), cancellationToken: Token)).Sum);
    }

    [Fact]
    public async Task Message_NamedLikeTheRoutersOwn_IsNotPassedOn()
    {
        await PutAsync("router/a", new Route("r", ["till/1"]));
        var reply = await _cluster.Client.SendAsync(Envelope.CreateJson("client/t", "router/a", "router.unheard", "{}"u8.ToArray()), cancellationToken: Token);
        Assert.Equal(RefusalCodes.UnknownContract, reply.Refusal?.Code);
    }

    private async Task PutAsync(AgentId router, params Route[] routes) =>
        await _cluster.Client.Agent(router).AskAsync(new RouterChange(routes), cancellationToken: Token);

    private async Task LetterAsync(string recipient, string code)
    {
        while (await CountLettersAsync(recipient, code) == 0)
        {
            Token.ThrowIfCancellationRequested();
        }
    }

    private async Task<int> CountLettersAsync(string recipient, string? code = null)
    {
        var count = 0;
        foreach (var office in DeadLetterAddress.All)
        {
            count += (await _cluster.Client.Agent(office).AskAsync(new DeadLetterList(Code: code, Recipient: recipient), cancellationToken: Token)).Total;
        }

        return count;
    }

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, PayloadJson.Options);

    private static Dictionary<string, JsonElement> Fields(string pointer, string json) => new(StringComparer.Ordinal) { [pointer] = JsonElement.Parse(json) };
}
