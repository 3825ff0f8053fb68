using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>Agents that talk: what they answer, remember, and how they are ended.</summary>
public sealed class ChatTests(ChatCluster chat) : IClassFixture<ChatCluster>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Say_Asked_IsAnsweredWithTheConversationSoFar()
    {
        Assert.Equal($"{OfflineChatClient.Greeting} You said: I am Anna.", (await chat.SayAsync("anna", "I am Anna.")).Text);
        await chat.SayAsync("anna", "Who am I, Anna?");
        var call = chat.Model.Calls.Last(c => c.Messages[^1].Text == "Who am I, Anna?");
        Assert.Equal(["system You are terse.", "user I am Anna.", $"assistant {OfflineChatClient.Greeting} You said: I am Anna.", "user Who am I, Anna?"], call.Messages.Select(m => $"{m.Role} {m.Text}"));
        await chat.Cluster.RestartAgentAsync("chatty/anna");
        var page = await chat.Agent("anna").AskAsync(new ChatHistory(After: 1, Limit: 2), cancellationToken: Token);
        Assert.Equal([(2L, "assistant"), (3L, "user")], page.Messages.Select(m => (m.Place, m.Role)));
        Assert.Equal((true, 4L), (page.HasMore, page.Last));
        Assert.Equal(4, (await chat.Agent("anna").AskAsync(new ChatClear(), cancellationToken: Token)).Messages);
        Assert.Empty((await chat.ReadAsync("anna")).Messages);
        await chat.SayAsync("anna", "Still there?");
        Assert.Equal("user assistant", ChatCluster.Shape(await chat.ReadAsync("anna")));
    }

    [Fact]
    public async Task Say_AsARun_GrowsItsAnswerAndEndsWithIt()
    {
        var run = await chat.StartRunAsync("bert", "one two three");
        var events = await run.FollowAsync(cancellationToken: Token).ToListAsync(Token);
        var expected = $"{OfflineChatClient.Greeting} You said: one two three";
        var pieces = events.Where(e => e.Artifact is not null).Select(e => e.Artifact!).ToArray();
        Assert.Equal(expected, string.Concat(pieces.Select(a => a.Parts[0].Text)));
        Assert.Equal((false, true, true), (pieces[0].Append, pieces[^1].Append, pieces[^1].Last));
        var read = await run.ReadAsync(cancellationToken: Token);
        Assert.Equal((RunState.Completed, "answer", expected), (read.State, read.Artifacts.Single().Id, read.Artifacts[0].Parts.Single().Text));
    }

    [Fact]
    public async Task Say_Told_IsAcknowledgedToAnAgentAtOnceAndToAProgramWithItsAnswer()
    {
        await chat.Cluster.Client.Agent("abacus/told").TellAsync(new PassOn("stall told in 1"), cancellationToken: Token);
        await ChatCluster.StalledAsync(chat.Model, "told");
        // The model speaks still, and the agent that told it has nothing on its way any more.
        await chat.Cluster.Client.Agent("abacus/told").StopAsync(cancellationToken: Token);
        Assert.Single((await chat.ReadAsync("told")).Messages);
        var told = chat.Agent("told").TellAsync(ChatSay.Of("and then?"), cancellationToken: Token).AsTask();
        TestModel.Signal(chat.Model.Gates, "told").SetResult();
        Assert.Equal(Outcome.Accepted, (await told).Outcome);
        Assert.Equal("user assistant user assistant", ChatCluster.Shape(await chat.ReadAsync("told")));
    }

    [Fact]
    public async Task Say_WhileAnotherIsAnswered_WaitsAndTooManyAreRefused()
    {
        var stalled = chat.SayAsync("carl", "stall carl in 1");
        await ChatCluster.StalledAsync(chat.Model, "carl");
        // It can be read meanwhile, and forgets nothing.
        Assert.Single((await chat.ReadAsync("carl")).Messages);
        RunHandle[] waiting = [await chat.StartRunAsync("carl", "second"), await chat.StartRunAsync("carl", "third")];
        foreach (var run in waiting)
        {
            while ((await run.ReadAsync(cancellationToken: Token)).State != RunState.Working)
            {
                Token.ThrowIfCancellationRequested();
            }
        }

        Assert.Equal(RefusalCodes.Busy, await RefusalOfAsync(ChatSay.Of("too many")));
        Assert.Equal(RefusalCodes.Busy, await RefusalOfAsync(new ChatClear()));
        await waiting[0].CancelAsync(Token);
        TestModel.Signal(chat.Model.Gates, "carl").SetResult();
        Assert.Equal("Let me see.", (await stalled).Text);
        Assert.Equal(RunState.Completed, (await waiting[1].WaitAsync(untilFinal: true, Token)).State);
        var page = await chat.ReadAsync("carl");
        Assert.Equal("third", page.Messages[^2].Parts[0].Text);

        // Without the repeats of a client.
        async Task<string?> RefusalOfAsync<TMessage>(TMessage message)
            where TMessage : notnull =>
            (await chat.Cluster.OutsideGrains.GetGrain<IAgentGrain>(Orleans.Runtime.GrainId.Create("chatty", "carl")).DeliverAsync(Envelope.Create("client/test", "chatty/carl", message))).Refusal?.Code;
    }

    [Fact]
    public async Task Stop_WhileTheModelStalls_IsNotHeldUpAndTheAskGoesOnAfterwards()
    {
        var asked = chat.SayAsync("dora", "stall dora in 1");
        await ChatCluster.StalledAsync(chat.Model, "dora");
        await chat.Agent("dora").StopAsync(cancellationToken: Token);
        await TestModel.Signal(chat.Model.Stopped, "dora").Task.WaitAsync(Token);
        TestModel.Signal(chat.Model.Gates, "dora").SetResult();
        Assert.Equal("Let me see.", (await asked).Text);
        Assert.Equal("user assistant", ChatCluster.Shape(await chat.ReadAsync("dora")));
    }

    [Fact]
    public async Task Ask_ThatIsWithdrawn_StopsTheModelAndLeavesNoTrace()
    {
        await chat.SayAsync("emil", "before");
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var asked = chat.SayAsync("emil", "stall emil in 1", caller.Token);
        await ChatCluster.StalledAsync(chat.Model, "emil");
        var next = chat.SayAsync("emil", "after");
        await caller.CancelAsync();
        await TestModel.Signal(chat.Model.Stopped, "emil").Task.WaitAsync(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await next;
        var page = await chat.ReadAsync("emil");
        Assert.Equal("user assistant user assistant", ChatCluster.Shape(page));
        Assert.Equal("after", page.Messages[2].Parts[0].Text);
    }

    [Fact]
    public async Task Run_ThatIsCancelled_StopsTheModel()
    {
        var run = await chat.StartRunAsync("fritz", "stall fritz in 1");
        await ChatCluster.StalledAsync(chat.Model, "fritz");
        await run.CancelAsync(Token);
        await TestModel.Signal(chat.Model.Stopped, "fritz").Task.WaitAsync(Token);
        await chat.SayAsync("fritz", "after");
        Assert.Equal("user assistant", ChatCluster.Shape(await chat.ReadAsync("fritz")));
    }

    [Fact]
    public async Task Model_ThatFails_EndsTheAskAndTheRunWithItsCode()
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => chat.SayAsync("gerd", "fail model.rate-limited"));
        Assert.Equal(ModelCodes.RateLimited, refused.Code);
        Assert.Empty((await chat.ReadAsync("gerd")).Messages);
        var run = await (await chat.StartRunAsync("gerd", "fail model.unavailable")).WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Failed, ModelCodes.Unavailable), (run.State, run.Code));
        await chat.SayAsync("gerd", "fine");
        Assert.Equal("user assistant", ChatCluster.Shape(await chat.ReadAsync("gerd")));
    }

    [Fact]
    public async Task Conversation_LongerThanTheWindow_IsSummedUpAndOldMessagesGo()
    {
        for (var i = 0; i < 10; i++)
        {
            await chat.SayAsync("small", $"{i} {new string('x', 200)}");
        }

        ChatHistoryPage page;
        do
        {
            page = await chat.ReadAsync("small");
        }
        while (page.Summary is null);

        Assert.InRange(page.Messages.Count, 2, 14);
        Assert.True(page.SummaryOf < page.Last && page.SummaryOf > 0, $"{page.SummaryOf} of {page.Last}");
        await chat.SayAsync("small", "and now?");
        var shown = chat.Model.Calls.Last(c => c.Messages[^1].Text == "and now?").Messages;
        Assert.StartsWith("Summary of the conversation", shown[1].Text, StringComparison.Ordinal);
        Assert.InRange(TokenEstimate.Of(shown), 1, 350);
    }

    [Fact]
    public async Task Contract_OfAHandler_IsAnsweredWithItsRecord()
    {
        var trips = chat.Agent("hans");
        Assert.Equal(new Trip("Ulm", 2), await trips.AskAsync(new PlanTrip("form 1"), cancellationToken: Token));
        Assert.Equal("user assistant user assistant", ChatCluster.Shape(await chat.ReadAsync("hans")));
        var run = await chat.Cluster.Client.StartAsync("chatty/hans", new PlanTrip("form 0"), cancellationToken: Token);
        Assert.Equal(new Trip("Ulm", 2), await run.ResultAsync<Trip>(Token));
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => trips.AskAsync(new PlanTrip("form 9"), cancellationToken: Token).AsTask());
        Assert.Equal(ChatCodes.NotInForm, refused.Code);
        Assert.DoesNotContain("form 9", string.Concat((await chat.ReadAsync("hans")).Messages.SelectMany(m => m.Parts).Select(p => p.Text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"parts":[]}""")]
    [InlineData("""{"parts":[null]}""")]
    [InlineData("""{"parts":[{"text":"a","url":"http://b"}]}""")]
    [InlineData("""{"parts":[{"url":"no address"}]}""")]
    [InlineData("""{"parts":[{"raw":"AA==","mediaType":"nonsense"}]}""")]
    [InlineData("""{"parts":[{"url":"http://b","mediaType":"nonsense"}]}""")]
    public async Task Say_ThatIsFaulty_IsRefusedAndHoldsNobodyUp(string payload)
    {
        var reply = await chat.Cluster.Client.SendAsync(Envelope.CreateJson("client/test", "chatty/ida", "chat.say", System.Text.Encoding.UTF8.GetBytes(payload)), cancellationToken: Token);
        Assert.Equal(RefusalCodes.InvalidPayload, reply.Refusal?.Code);
        Assert.Empty((await chat.ReadAsync("ida")).Messages);
        await chat.SayAsync("ida2", "fine");
    }
}
