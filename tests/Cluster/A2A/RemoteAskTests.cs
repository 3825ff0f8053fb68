using OrleansAgents.A2A;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Tests.A2A;

public sealed class RemoteAskTests(RemoteCluster cluster) : IClassFixture<RemoteCluster>
{
    private const string Send = "SendStreamingMessage";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IAgentClient Client => cluster.Client;

    private ScriptedAgent There => cluster.There;

    [Fact]
    public async Task Ask_ThatIsAnsweredAtOnce_GetsWhatItSays()
    {
        var (agent, id) = (cluster.Begin("at-once"), MessageId.New());
        There.Script(Send, AgentSteps.Say("hello yourself"));
        var options = new SendOptions { Id = id, ConversationId = "talk" };
        Assert.Equal("hello yourself", (await Client.Agent(agent).AskAsync(ChatSay.Of("hello"), options, Token)).Text);
        // The same message again is answered from here.
        Assert.Equal("hello yourself", (await Client.Agent(agent).AskAsync(ChatSay.Of("hello"), options, Token)).Text);
        var sent = There.Of(Send).Single().Message;
        Assert.Equal((id.ToString(), "talk", "hello"), (sent.GetProperty("messageId").GetString(), sent.GetProperty("contextId").GetString(), sent.GetProperty("parts")[0].GetProperty("text").GetString()));
        Assert.False(sent.TryGetProperty("metadata", out _));
        Assert.Equal(0, await cluster.CountAsync(agent, Token));
    }

    [Theory]
    [InlineData("made", "it is done", "made this")]
    [InlineData("said", "it is done")]
    public async Task Ask_ThatBecomesATask_GetsWhatItMadeOrElseSaid(string test, string said, string? made = null)
    {
        var agent = cluster.Begin(test);
        string[] pieces = made is null ? [] : [AgentSteps.Piece("t", "a", made[..4], append: false), AgentSteps.Piece("t", "a", made[4..])];
        There.Script(Send, AgentSteps.Stream([AgentSteps.Task("t", "SUBMITTED"), AgentSteps.Update("t", "WORKING", "wait"), .. pieces, AgentSteps.Update("t", "COMPLETED", said)]));
        Assert.Equal(made ?? said, (await Client.Agent(agent).AskAsync(ChatSay.Of("do it"), cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task Ask_OfAContract_GoesAsASkillWithItsDataAndGetsData()
    {
        var agent = cluster.Begin("contract");
        There.Script(Send, AgentSteps.Stream("""{"message":{"messageId":"m","role":"ROLE_AGENT","parts":[{"text":"here:"},{"data":{"price":7}}]}}"""), AgentSteps.Say("no data"));
        var answer = await Client.Agent(agent).AskJsonAsync("quote.request", """{"sku":"a"}"""u8.ToArray(), version: 2, cancellationToken: Token);
        Assert.Equal("""{"price":7}""", System.Text.Encoding.UTF8.GetString(answer!));
        var sent = There.Of(Send).Single().Message;
        Assert.Equal(("quote.request.v2", "a"), (sent.GetProperty("metadata").GetProperty("skill").GetString(), sent.GetProperty("parts")[0].GetProperty("data").GetProperty("sku").GetString()));
        Assert.Equal(RemoteCodes.Broken, (await Assert.ThrowsAsync<AgentRefusedException>(async () => await Client.Agent(agent).AskJsonAsync("quote.request", "{}"u8.ToArray(), cancellationToken: Token))).Code);
    }

    [Fact]
    public async Task Ask_WithRemarks_SaysThemThereButNoSkillOfItsOwn()
    {
        var agent = cluster.Begin("remarks");
        There.Script(Send, AgentSteps.Say("x"), AgentSteps.Stream("""{"message":{"messageId":"m","role":"ROLE_AGENT","parts":[{"data":{}}]}}"""));
        var remarks = new Remarks { Metadata = System.Text.Json.JsonElement.Parse("""{"a":1,"skill":"counter.add"}"""), Extensions = ["https://a.example"], References = ["t"] };
        await Client.Agent(agent).AskAsync(new ChatSay([Part.Of("x")], remarks), cancellationToken: Token);
        var sent = There.Of(Send).Single().Message;
        // Who may only talk names no contract by it.
        Assert.Equal(("""{"a":1}""", """["https://a.example"]""", """["t"]"""), (sent.GetProperty("metadata").GetRawText(), sent.GetProperty("extensions").GetRawText(), sent.GetProperty("referenceTaskIds").GetRawText()));
        await Client.Agent(agent).AskJsonAsync("quote.request", "{}"u8.ToArray(), cancellationToken: Token);
        Assert.Equal("""{"skill":"quote.request"}""", There.Of(Send).Last().Message.GetProperty("metadata").GetRawText());
    }

    [Theory]
    [InlineData("FAILED", RemoteCodes.Failed)]
    [InlineData("REJECTED", RemoteCodes.Rejected)]
    [InlineData("CANCELED", RemoteCodes.Cancelled)]
    [InlineData("INPUT_REQUIRED", RemoteCodes.InputRequired)]
    public async Task Ask_OfATaskThatComesToNothing_IsRefusedWithWhatItSays(string state, string code)
    {
        var agent = cluster.Begin($"nothing-{state}");
        There.Script(Send, AgentSteps.Stream(AgentSteps.Task("t", "WORKING"), AgentSteps.Update("t", state, "so it is", """{"code":"paint.empty"}"""))).On("CancelTask", AgentSteps.Answer(AgentSteps.Bare("t", "CANCELED")));
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await Client.Agent(agent).AskAsync(ChatSay.Of("x"), cancellationToken: Token));
        Assert.Equal(code, refused.Code);
        Assert.Contains("so it is", refused.Message, StringComparison.Ordinal);
        if (state == "INPUT_REQUIRED")
        {
            Assert.Equal("t", (await There.NextAsync("CancelTask", Token)).Id);
        }
    }

    [Theory]
    [InlineData(401, "x", RemoteCodes.NotAuthorised)]
    [InlineData(500, "x", RemoteCodes.Unavailable)]
    [InlineData(200, "<html>", RemoteCodes.Broken)]
    [InlineData(400, "x", RemoteCodes.Refused)]
    public async Task Ask_ThatDoesNotGetThrough_IsRefusedWithoutTheInside(int status, string body, string code)
    {
        var agent = cluster.Begin($"fault-{status}");
        There.On(Send, AgentSteps.Raw(status, body, "text/html"));
        Assert.Equal(code, (await Assert.ThrowsAsync<AgentRefusedException>(async () => await Client.Agent(agent).AskAsync(ChatSay.Of("x"), cancellationToken: Token))).Code);
        There.On(Send, AgentSteps.Say("y"));
        Assert.Equal("y", (await Client.Agent(agent).AskAsync(ChatSay.Of("x"), cancellationToken: Token)).Text);
    }

    [Fact]
    public async Task Ask_OfANameThatIsNotSet_IsRefused()
    {
        Assert.Equal(RemoteCodes.Unknown, (await Assert.ThrowsAsync<AgentRefusedException>(async () => await Client.Agent("remote/nobody").AskAsync(ChatSay.Of("x"), cancellationToken: Token))).Code);
        Assert.Equal(RefusalCodes.InvalidPayload, (await Assert.ThrowsAsync<AgentRefusedException>(async () => await Client.Agent("remote/there").AskAsync(new ChatSay([]), cancellationToken: Token))).Code);
    }

    [Fact]
    public async Task Question_OfTheOtherSide_IsTheAnswerAndWhatFollowsInTheConversationGoesToItsTask()
    {
        var (agent, talk) = (cluster.Begin("question"), new SendOptions { ConversationId = "order" });
        There.Script(
            Send, AgentSteps.Stream(AgentSteps.Task("t", "WORKING"), AgentSteps.Update("t", "INPUT_REQUIRED", "Which colour?")),
            AgentSteps.Stream(AgentSteps.Task("t", "WORKING"), AgentSteps.Update("t", "COMPLETED", "Painted.")), AgentSteps.Say("Anything else?"));
        Assert.Equal("Which colour?", (await Client.Agent(agent).AskAsync(ChatSay.Of("paint"), talk, Token)).Text);
        Assert.Equal(1, await cluster.CountAsync(agent, Token));
        await cluster.Cluster.RestartAgentAsync(agent);
        Assert.Equal("Painted.", (await Client.Agent(agent).AskAsync(ChatSay.Of("blue"), talk, Token)).Text);
        await Client.Agent(agent).AskAsync(ChatSay.Of("thanks"), talk, Token);
        Assert.Equal([null, "t", null], There.Of(Send).Select(r => r.Message.TryGetProperty("taskId", out var task) ? task.GetString() : null));
        Assert.Equal(["order", "ctx", "order"], There.Of(Send).Select(r => r.Message.GetProperty("contextId").GetString()));
        Assert.Equal(0, await cluster.CountAsync(agent, Token));
    }

    [Fact]
    public async Task Ask_ThatItsAskerGivesUp_CancelsTheTask()
    {
        var agent = cluster.Begin("given-up");
        There.Script(Send, AgentSteps.Stall(AgentSteps.Task("t", "WORKING"))).On("CancelTask", AgentSteps.Answer(AgentSteps.Bare("t", "CANCELED")));
        using var leave = new CancellationTokenSource();
        var ask = Client.Agent(agent).AskAsync(ChatSay.Of("x"), cancellationToken: leave.Token).AsTask();
        await There.NextAsync(Send, Token);
        await cluster.KnowsTaskAsync(agent, Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ask);
        Assert.Equal("t", (await There.NextAsync("CancelTask", Token)).Id);
    }

    [Fact]
    public async Task Ask_WhoseContextIsNotTaken_IsSentWithoutOne()
    {
        var agent = cluster.Begin("context");
        There.Script(Send, AgentSteps.Error(-32602, "INVALID_PARAMS", 400), AgentSteps.Say("as you like"));
        Assert.Equal("as you like", (await Client.Agent(agent).AskAsync(ChatSay.Of("x"), new SendOptions { ConversationId = "mine" }, Token)).Text);
        Assert.Equal([true, false], There.Of(Send).Select(r => r.Message.TryGetProperty("contextId", out _)));
        Assert.Single(There.Of(Send).Select(r => r.Message.GetProperty("messageId").GetString()).Distinct());
    }

    [Fact]
    public async Task Told_ByAnAgent_IsSaidAndNobodyWaits()
    {
        var agent = cluster.Begin("told");
        There.Script(Send, AgentSteps.Stall(AgentSteps.Task("t", "WORKING")));
        await Client.Agent("gossip/a").TellAsync(new Gossip(agent.ToString(), "by the way"), cancellationToken: Token);
        Assert.Equal("by the way", (await There.NextAsync(Send, Token)).Message.GetProperty("parts")[0].GetProperty("text").GetString());
        await cluster.Cluster.IdleAsync(cancellationToken: Token);
        while (await cluster.CountAsync(agent, Token) > 0)
        {
            Token.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task Asks_MoreThanMayBeUnderWay_AreRefusedAsBusyAndSentAgain()
    {
        var (agent, open) = (cluster.Begin("busy"), new TaskCompletionSource());
        There.On(Send, async exchange =>
        {
            await open.Task.WaitAsync(exchange.Gone);
            await AgentSteps.Say("in turn")(exchange);
        });
        var asks = Enumerable.Range(0, RemoteCluster.MostCalls).Select(_ => Client.Agent(agent).AskAsync(ChatSay.Of("x"), cancellationToken: Token).AsTask()).ToArray();
        while (await cluster.CountAsync(agent, Token) < asks.Length)
        {
            Token.ThrowIfCancellationRequested();
        }

        var grain = cluster.Cluster.InsideClient();
        var more = grain.Agent(agent).AskAsync(ChatSay.Of("x"), cancellationToken: Token).AsTask();
        open.SetResult();
        Assert.All(await Task.WhenAll([.. asks, more]), answer => Assert.Equal("in turn", answer.Text));
    }
}
