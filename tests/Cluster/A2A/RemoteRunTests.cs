using OrleansAgents.A2A;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Runs;

namespace OrleansAgents.Tests.A2A;

public sealed class RemoteRunTests(RemoteCluster cluster) : IClassFixture<RemoteCluster>
{
    private const string Send = "SendStreamingMessage", Subscribe = "SubscribeToTask";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IAgentClient Client => cluster.Client;

    private ScriptedAgent There => cluster.There;

    [Fact]
    public async Task Run_OfATask_HasItsStatesAndWhatItMakes()
    {
        var agent = cluster.Begin("mirror");
        There.Script(Send, AgentSteps.Stream(
            AgentSteps.Task("t", "SUBMITTED"), AgentSteps.Update("t", "WORKING", "on it", """{"progress":0.25}"""), AgentSteps.Piece("t", "a", "one ", append: false),
            AgentSteps.Piece("t", "a", "two "), AgentSteps.Piece("t", "b", "other", append: false, last: true), AgentSteps.Piece("t", "a", "three", last: true), AgentSteps.Update("t", "COMPLETED", "done")));
        var run = await Client.StartAsync(agent, ChatSay.Of("do it"), cancellationToken: Token);
        var events = await run.FollowAsync(cancellationToken: Token).ToListAsync(Token);
        var read = await run.ReadAsync(cancellationToken: Token);
        Assert.Equal((RunState.Completed, 0.25), (read.State, read.Progress));
        Assert.Equal(["a one two three", "b other"], read.Artifacts.Select(a => $"{a.Id} {Assert.Single(a.Parts).Text}"));
        Assert.Equal(["on it", "done"], read.History.Select(s => s.Parts[0].Text));
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Sequence));
        Assert.Equal(0, await cluster.CountAsync(agent, Token));
    }

    [Theory]
    [InlineData("FAILED", RunState.Failed, RemoteCodes.Failed)]
    [InlineData("REJECTED", RunState.Rejected, RemoteCodes.Rejected)]
    [InlineData("CANCELED", RunState.Failed, RemoteCodes.Cancelled)]
    public async Task Run_OfATaskThatComesToNothing_SaysWhy(string state, RunState expected, string code)
    {
        var agent = cluster.Begin($"run-{state}");
        There.Script(Send, AgentSteps.Stream(AgentSteps.Task("t", state, "so it is")));
        var read = await (await Client.StartAsync(agent, ChatSay.Of("x"), cancellationToken: Token)).WaitAsync(untilFinal: true, Token);
        Assert.Equal((expected, code, "so it is"), (read.State, read.Code, read.Message!.Parts[0].Text));
    }

    [Fact]
    public async Task Run_ThatDoesNotGetThrough_FailsWithItsCode()
    {
        var agent = cluster.Begin("run-fault");
        There.On(Send, AgentSteps.Raw(401, ""));
        var read = await (await Client.StartAsync(agent, ChatSay.Of("x"), cancellationToken: Token)).WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Failed, RemoteCodes.NotAuthorised), (read.State, read.Code));
    }

    [Fact]
    public async Task Run_AnsweredWithoutATask_IsCompletedWithTheAnswer()
    {
        var agent = cluster.Begin("run-message");
        There.Script(Send, AgentSteps.Say("that is all"));
        var read = await (await Client.StartAsync(agent, ChatSay.Of("x"), cancellationToken: Token)).WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Completed, "that is all"), (read.State, read.Artifacts.Single().Parts.Single().Text));
    }

    [Fact]
    public async Task Run_ThatIsAskedSomething_GoesOnWithWhatItsOwnerSays()
    {
        var agent = cluster.Begin("run-question");
        There.Script(
            Send, AgentSteps.Stream(AgentSteps.Task("t", "WORKING"), AgentSteps.Piece("t", "a", "begun ", append: false), AgentSteps.Update("t", "INPUT_REQUIRED", "Which colour?")),
            AgentSteps.Stream(AgentSteps.Task("t", "WORKING", null, AgentSteps.Artifact("a", "begun ")), AgentSteps.Piece("t", "a", "blue"), AgentSteps.Update("t", "COMPLETED")));
        var run = await Client.StartAsync(agent, ChatSay.Of("paint"), new RunStartOptions { ConversationId = "mine" }, Token);
        var waiting = await run.WaitAsync(cancellationToken: Token);
        Assert.Equal((RunState.InputRequired, "Which colour?"), (waiting.State, waiting.Message!.Parts[0].Text));
        await run.SayAsync("blue", Token);
        var read = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Completed, "begun blue"), (read.State, read.Artifacts.Single().Parts.Single().Text));
        var said = There.Of(Send)[1].Message;
        Assert.Equal(("t", "ctx", read.History[1].Id), (said.GetProperty("taskId").GetString(), said.GetProperty("contextId").GetString(), said.GetProperty("messageId").GetString()));
    }

    [Fact]
    public async Task Run_ThatIsToldSomethingMeanwhile_PassesItOn()
    {
        var (agent, over) = (cluster.Begin("run-beside"), new TaskCompletionSource());
        There.Script(Send, async exchange =>
        {
            await AgentSteps.Stream(AgentSteps.Task("t", "WORKING"))(exchange);
            await over.Task.WaitAsync(exchange.Gone);
            await exchange.EventAsync(AgentSteps.Update("t", "COMPLETED"));
        });
        There.Script("SendMessage", AgentSteps.Answer(AgentSteps.Task("t", "WORKING")), AgentSteps.Error(-32004, "UNSUPPORTED_OPERATION", 400));
        var run = await Client.StartAsync(agent, ChatSay.Of("paint"), cancellationToken: Token);
        await run.SayAsync("faster", Token);
        Assert.Equal("t", (await There.NextAsync("SendMessage", Token)).Message.GetProperty("taskId").GetString());
        await run.SayAsync("nicer", Token);
        await run.FollowAsync(cancellationToken: Token).FirstAsync(e => e.Message is { ByOwner: false }, Token);
        over.SetResult();
        Assert.Equal(RunState.Completed, (await run.WaitAsync(untilFinal: true, Token)).State);
    }

    [Fact]
    public async Task Run_Cancelled_CancelsTheTask()
    {
        var agent = cluster.Begin("run-cancel");
        There.Script(Send, AgentSteps.Stall(AgentSteps.Task("t", "WORKING"), AgentSteps.Piece("t", "a", "x"))).On("CancelTask", AgentSteps.Error(-32002, "TASK_NOT_CANCELABLE", 400));
        var run = await Client.StartAsync(agent, ChatSay.Of("x"), cancellationToken: Token);
        await run.FollowAsync(cancellationToken: Token).FirstAsync(e => e.Artifact is not null, Token);
        await run.CancelAsync(Token);
        Assert.Equal("t", (await There.NextAsync("CancelTask", Token)).Id);
        await cluster.Cluster.IdleAsync(cancellationToken: Token);
        Assert.Equal((0, RunState.Cancelled), (await cluster.CountAsync(agent, Token), (await run.ReadAsync(cancellationToken: Token)).State));
    }

    [Fact]
    public async Task Run_CancelledBeforeItsTaskIsKnown_CancelsTheTaskOnceItIs()
    {
        var (agent, open) = (cluster.Begin("run-early"), new TaskCompletionSource());
        There.Script(Send, async exchange =>
        {
            await open.Task.WaitAsync(exchange.Gone);
            await AgentSteps.Stall(AgentSteps.Task("t", "WORKING"))(exchange);
        }).On("CancelTask", AgentSteps.Answer(AgentSteps.Bare("t", "CANCELED")));
        var run = await Client.StartAsync(agent, ChatSay.Of("x"), cancellationToken: Token);
        await There.NextAsync(Send, Token);
        await run.CancelAsync(Token);
        await cluster.Cluster.IdleAsync(cancellationToken: Token);
        open.SetResult();
        Assert.Equal("t", (await There.NextAsync("CancelTask", Token)).Id);
    }

    [Fact]
    public async Task Stream_ThatIsCut_IsOpenedAgainAndNothingIsMissingOrTwice()
    {
        var (agent, cut) = (cluster.Begin("cut"), new TaskCompletionSource());
        There.Script(Send, AgentSteps.Cut(cut.Task, AgentSteps.Task("t", "WORKING"), AgentSteps.Piece("t", "a", "one ", append: false), AgentSteps.Piece("t", "a", "two ")));
        There.Script(
            Subscribe, AgentSteps.Raw(502, ""),
            AgentSteps.Stream(AgentSteps.Task("t", "WORKING", null, AgentSteps.Artifact("a", "one two three ")), AgentSteps.Piece("t", "a", "four"), AgentSteps.Update("t", "COMPLETED")));
        var run = await Client.StartAsync(agent, ChatSay.Of("x"), cancellationToken: Token);
        await run.FollowAsync(cancellationToken: Token).FirstAsync(e => e.Artifact is not null, Token);
        cut.SetResult();
        var read = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Completed, "one two three four"), (read.State, read.Artifacts.Single().Parts.Single().Text));
        Assert.Single(There.Of(Send));
    }

    [Fact]
    public async Task Task_ThatIsOverWhenItIsFollowedAgain_IsRead()
    {
        var (agent, cut) = (cluster.Begin("over"), new TaskCompletionSource());
        There.Script(Send, AgentSteps.Cut(cut.Task, AgentSteps.Task("t", "WORKING"))).On(Subscribe, AgentSteps.Error(-32004, "UNSUPPORTED_OPERATION", 400));
        There.Script("GetTask", AgentSteps.Answer(AgentSteps.Bare("t", "WORKING")), AgentSteps.Answer(AgentSteps.Bare("t", "COMPLETED", "done", AgentSteps.Artifact("a", "x"))));
        var run = await Client.StartAsync(agent, ChatSay.Of("x"), cancellationToken: Token);
        await cluster.KnowsTaskAsync(agent, Token);
        cut.SetResult();
        var read = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Completed, "x", "done"), (read.State, read.Artifacts.Single().Parts.Single().Text, read.Message!.Parts[0].Text));
    }

    [Fact]
    public async Task Task_OfOneThatDoesNotStream_IsReadUntilItRests()
    {
        var agent = cluster.Begin("poll");
        There.On(ScriptedAgent.Card, AgentSteps.Card("HTTP+JSON", streaming: false)).Script("SendMessage", AgentSteps.Answer(AgentSteps.Task("t", "SUBMITTED")));
        There.Script("GetTask", AgentSteps.Answer(AgentSteps.Bare("t", "WORKING")), AgentSteps.Raw(500, ""), AgentSteps.Answer(AgentSteps.Bare("t", "COMPLETED", null, AgentSteps.Artifact("a", "x"))));
        var read = await (await Client.StartAsync(agent, ChatSay.Of("x"), cancellationToken: Token)).WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Completed, "x"), (read.State, read.Artifacts.Single().Parts.Single().Text));
        There.On(ScriptedAgent.Card, AgentSteps.Card());
    }

    [Fact]
    public async Task Task_ThatIsNotKnownAnyMore_FailsTheRun()
    {
        var (agent, cut) = (cluster.Begin("lost"), new TaskCompletionSource());
        There.Script(Send, AgentSteps.Cut(cut.Task, AgentSteps.Task("t", "WORKING"))).On(Subscribe, AgentSteps.Error(-32001, "TASK_NOT_FOUND", 404));
        var run = await Client.StartAsync(agent, ChatSay.Of("x"), cancellationToken: Token);
        await cluster.KnowsTaskAsync(agent, Token);
        cut.SetResult();
        Assert.Equal((RunState.Failed, RemoteCodes.TaskLost), (await run.WaitAsync(untilFinal: true, Token)) is var read ? (read.State, read.Code) : default);
        Assert.Empty(There.Of("CancelTask"));
    }

    [Fact]
    public async Task Crash_InTheMiddleOfATask_GoesOnWithTheSameTaskAndStartsNoOther()
    {
        var agent = cluster.Begin("crash");
        There.Script(Send, AgentSteps.Stall(AgentSteps.Task("t", "WORKING"), AgentSteps.Piece("t", "a", "one ", append: false)));
        There.Script(Subscribe, AgentSteps.Stream(AgentSteps.Task("t", "WORKING", null, AgentSteps.Artifact("a", "one two ")), AgentSteps.Piece("t", "a", "three"), AgentSteps.Update("t", "COMPLETED")));
        var run = await Client.StartAsync(agent, ChatSay.Of("x"), cancellationToken: Token);
        await run.FollowAsync(cancellationToken: Token).FirstAsync(e => e.Artifact is not null, Token);
        await cluster.Cluster.RestartAgentAsync(agent);
        var read = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Completed, "one two three"), (read.State, read.Artifacts.Single().Parts.Single().Text));
        Assert.Single(There.Of(Send));
        Assert.Equal("t", There.Of(Subscribe).Single().Id);
    }

    [Fact]
    public async Task Crash_BeforeTheTaskIsKnown_SaysItAgainUnderTheSameId()
    {
        var agent = cluster.Begin("crash-early");
        There.Script(Send, AgentSteps.Silence, AgentSteps.Stream(AgentSteps.Task("t", "COMPLETED", "done")));
        var ask = Client.Agent(agent).AskAsync(ChatSay.Of("x"), cancellationToken: Token).AsTask();
        await There.NextAsync(Send, Token);
        await cluster.Cluster.RestartAgentAsync(agent);
        Assert.Equal("done", (await ask).Text);
        Assert.Equal(2, There.Of(Send).Count);
        Assert.Single(There.Of(Send).Select(r => r.Message.GetProperty("messageId").GetString()).Distinct());
    }
}
