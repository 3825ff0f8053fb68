using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Tests.Runs;

public sealed class RunTests(AgentCluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IAgentClient Client => cluster.Outside;

    [Fact]
    public async Task Run_OfAHandlerThatKnowsNothingOfIt_CompletesWithItsAnswer()
    {
        var run = await Client.StartAsync("painter/plain", new Paint("a tree"), cancellationToken: Token);
        Assert.Equal($"a tree for client/test in {run.Id}", (await run.ResultAsync<Painting>(Token)).What);
        var read = await run.ReadAsync(cancellationToken: Token);
        Assert.Equal(("painter/plain", "client/test", RunState.Completed), (read.Agent, read.Owner, read.State));
    }

    [Theory]
    [InlineData("painter", "paint", """{"what":"refuse"}""", RunState.Rejected, "paint.ugly", "That is not painted here.")]
    [InlineData("painter", "paint", """{"what":"throw"}""", RunState.Failed, "handler-failed", null)]
    [InlineData("painter", "paint", """{"wat":"x"}""", RunState.Rejected, "invalid-payload", null)]
    [InlineData("painter", "paint.nothing", "{}", RunState.Rejected, "unknown-contract", null)]
    [InlineData("nobody", "paint", "{}", RunState.Rejected, "unknown-kind", null)]
    [InlineData("painter", "paint.slowly", """{"what":"refuse"}""", RunState.Failed, "paint.empty", "There is no paint left.")]
    public async Task Run_ThatComesToNothing_SaysWhy(string kind, string type, string payload, RunState state, string code, string? reason)
    {
        var run = await Client.StartJsonAsync(new AgentId(kind, "nothing"), type, System.Text.Json.JsonElement.Parse(payload), cancellationToken: Token);
        var read = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal((state, code), (read.State, read.Code));
        var said = Assert.Single(read.Message!.Parts).Text!;
        Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
        Assert.True(reason is null || said == reason, said);
    }

    [Fact]
    public async Task Answer_NestedDeeperThanAnArtifactMayBe_FailsTheRun()
    {
        foreach (var (depth, state) in ((int, RunState)[])[(58, RunState.Completed), (59, RunState.Failed)])
        {
            var deep = System.Text.Json.JsonElement.Parse($$"""{"x":{{new string('[', depth)}}{{new string(']', depth)}}}""");
            var run = await Client.StartJsonAsync(new AgentId("mirror", "deep"), "any.thing", deep, cancellationToken: Token);
            var read = await run.WaitAsync(untilFinal: true, Token);
            Assert.Equal((state, state == RunState.Failed ? RefusalCodes.TooDeep : null), (read.State, read.Code));
        }
    }

    [Fact]
    public async Task Answer_WithHalfOfASurrogatePair_FailsTheRun()
    {
        var run = await Client.StartJsonAsync(new AgentId("mirror", "half"), "any.half", System.Text.Json.JsonElement.Parse("{}"), cancellationToken: Token);
        var read = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Failed, RefusalCodes.MalformedJson), (read.State, read.Code));
    }

    [Fact]
    public async Task Report_LargerThanAMessageMayBe_FailsTheRun()
    {
        var run = await Client.StartAsync("painter/huge", new PaintSlowly("huge"), cancellationToken: Token);
        var read = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Failed, RefusalCodes.TooLarge), (read.State, read.Code));
        Assert.Contains("262144", Assert.Single(read.Message!.Parts).Text!, StringComparison.Ordinal);
        Assert.Equal("strokes", Assert.Single(read.Artifacts).Id);
    }

    [Fact]
    public async Task Run_WithWork_WritesOnTheWayWhileItsAgentGoesOn()
    {
        var run = await Client.StartAsync("painter/busy", new PaintSlowly("wait-busy"), cancellationToken: Token);
        var events = new List<RunEvent>();
        await foreach (var one in run.FollowAsync(cancellationToken: Token))
        {
            events.Add(one);
            if (one.Artifact?.Id == "strokes" && PainterAgent.Gates.GetOrAdd("wait-busy", static _ => new()) is { Task.IsCompleted: false } gate)
            {
                // Its work waits for this test, and it is there all the same.
                Assert.Equal(0, await Client.Agent("painter/busy").AskAsync(new ReadPainted(), cancellationToken: Token));
                Assert.Equal("b", (await Client.Agent("painter/busy").AskAsync(new Paint("b"), cancellationToken: Token)).What[..1]);
                gate.SetResult();
            }
        }

        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Sequence));
        Assert.Equal(RunState.Completed, events[^1].State);
        var read = await run.ReadAsync(cancellationToken: Token);
        Assert.Equal(["wait-busy0 wait-busy1 wait-busy2 ", "wait-busy"], read.Artifacts.Select(a => Assert.Single(a.Parts).Text));
        Assert.Equal("Done.", Assert.Single(read.History).Parts[0].Text);
        Assert.Equal(1, await Client.Agent("painter/busy").AskAsync(new ReadPainted(), cancellationToken: Token));
    }

    [Fact]
    public async Task Run_ReadFromAPlace_GoesOnBehindIt()
    {
        var run = await Client.StartAsync("painter/place", new PaintSlowly("p", 5), cancellationToken: Token);
        var all = await run.FollowAsync(cancellationToken: Token).ToListAsync(Token);
        var rest = await cluster.Inside.Run(run.Id).FollowAsync(all[1].Sequence, Token).ToListAsync(Token).AsTask().ContinueWith(t => t.Exception, TaskScheduler.Default);
        // The client in the silo is another owner.
        Assert.Equal(RunCodes.Unknown, Assert.IsType<AgentRefusedException>(rest!.InnerException).Code);
        Assert.Equal(all.Skip(2).Select(e => e.Sequence), (await run.FollowAsync(2, Token).ToListAsync(Token)).Select(e => e.Sequence));
        Assert.Empty(await run.FollowAsync(all.Count, Token).ToListAsync(Token));
    }

    [Fact]
    public async Task Run_Cancelled_StopsItsWorkAndStaysSo()
    {
        var run = await Client.StartAsync("painter/stop", new PaintSlowly("wait-stop"), cancellationToken: Token);
        await foreach (var one in run.FollowAsync(cancellationToken: Token))
        {
            if (one.Artifact is not null)
            {
                // Before that it would be refused what it writes, and not be told to stop.
                await PainterAgent.Waiting.GetOrAdd("wait-stop", static _ => new()).Task.WaitAsync(Token);
                Assert.Equal(RunState.Cancelled, (await run.CancelAsync(Token)).State);
            }
        }

        await PainterAgent.Stopped.GetOrAdd("wait-stop", static _ => new()).Task.WaitAsync(Token);
        Assert.Equal(RunState.Cancelled, (await run.CancelAsync(Token)).State);
        Assert.Equal(RunCodes.Final, (await Assert.ThrowsAsync<AgentRefusedException>(() => run.SayAsync("go on", Token).AsTask())).Code);
        Assert.Equal(0, await Client.Agent("painter/stop").AskAsync(new ReadPainted(), cancellationToken: Token));
    }

    [Fact]
    public async Task Artifact_AppendedToByAnEarlierAttempt_IsRefusedAndStaysWhole()
    {
        var run = await Client.StartAsync("painter/attempts", new PaintSlowly("wait-attempts"), cancellationToken: Token);
        await run.FollowAsync(cancellationToken: Token).FirstAsync(e => e.Artifact is not null, Token);
        var late = new RunReport(Artifact: new Artifact("strokes", [Part.Of("late ")], Append: true), Writer: Guid.NewGuid());
        var reply = await Client.SendAsync(Envelope.Create("painter/attempts", RunAddress.Of(run.Id), late), cancellationToken: Token);
        Assert.Equal(RunCodes.Superseded, reply.Refusal?.Code);
        PainterAgent.Gates.GetOrAdd("wait-attempts", static _ => new()).TrySetResult();
        var done = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal("wait-attempts0 wait-attempts1 wait-attempts2 ", done.Artifacts[0].Parts.Single().Text);
    }

    [Theory]
    [InlineData(false, "one two")]
    [InlineData(true, "other one two")]
    public async Task Artifact_ThatComesAsAWholeBehindItsPieces_IsWholeWhoeverWroteLast(bool isOverwritten, string followed)
    {
        var run = await Client.StartAsync($"painter/whole-{isOverwritten}", new PaintAsking(), cancellationToken: Token);
        await run.WaitAsync(cancellationToken: Token);
        var (mine, other) = (Guid.NewGuid(), Guid.NewGuid());
        await ReportAsync(new RunReport(Artifact: new Artifact("text", [Part.Of("one ")]), Writer: mine));
        await ReportAsync(new RunReport(Artifact: new Artifact("text", [Part.Of("two")], Append: true), Writer: mine));
        if (isOverwritten)
        {
            await ReportAsync(new RunReport(Artifact: new Artifact("text", [Part.Of("other ")]), Writer: other, Replaces: mine));
        }

        await ReportAsync(new RunReport(RunState.Completed, Artifact: new Artifact("text", [Part.Of("one two")], Last: true), Writer: mine, Replaces: mine));
        Assert.Equal("one two", (await run.ReadAsync(cancellationToken: Token)).Artifacts.Single().Parts.Single().Text);
        // Readers are told the text again only where it was lost.
        var texts = await run.FollowAsync(cancellationToken: Token).Where(e => e.Artifact is not null).Select(e => e.Artifact!.Parts[0].Text).ToListAsync(Token);
        Assert.Equal(followed, string.Concat(texts.TakeLast(isOverwritten ? 2 : 3)));

        async Task ReportAsync(RunReport report) => Assert.Null(
            (await Client.SendAsync(Envelope.Create(new AgentId("painter", $"whole-{isOverwritten}"), RunAddress.Of(run.Id), report), cancellationToken: Token)).Refusal);
    }

    [Fact]
    public async Task Run_ThatAsksItsOwner_GoesOnWithWhatThatSays()
    {
        var run = await Client.StartAsync("painter/ask", new PaintAsking(), cancellationToken: Token);
        var waiting = await run.WaitAsync(cancellationToken: Token);
        Assert.Equal((RunState.InputRequired, "Which colour?"), (waiting.State, waiting.Message!.Parts[0].Text));
        Assert.Equal(RunState.Working, (await run.SayAsync("blue", Token)).State);
        var done = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal([(false, "Which colour?"), (true, "blue"), (false, "Painted it blue.")], done.History.Select(s => (s.ByOwner, s.Parts[0].Text!)));
        Assert.Equal("Painted it blue.", Assert.Single((await run.ReadAsync(new RunRead(History: 1), Token)).History).Parts[0].Text);
    }

    [Fact]
    public async Task Run_StartedTwiceUnderOneId_IsRefused()
    {
        var options = new RunStartOptions { Id = "twice", ConversationId = "talk" };
        var run = await Client.StartAsync("painter/twice", new Paint("x"), options, Token);
        Assert.Equal(RunCodes.Exists, (await Assert.ThrowsAsync<AgentRefusedException>(() => Client.StartAsync("painter/twice", new Paint("x"), options, Token).AsTask())).Code);
        Assert.Equal("x for client/test in talk", (await run.ResultAsync<Painting>(Token)).What);
    }

    [Fact]
    public async Task Run_OfSomebodyElse_IsNoRun()
    {
        var run = await Client.StartAsync("painter/mine", new PaintAsking(), cancellationToken: Token);
        foreach (var message in new object[] { new RunRead(), new RunCancel(), new RunSay([Part.Of("x")]), new RunReport(RunState.Completed) })
        {
            var reply = await Client.SendAsync(Envelope.Create("client/other", RunAddress.Of(run.Id), message), cancellationToken: Token);
            Assert.Equal(RunCodes.Unknown, reply.Refusal?.Code);
        }

        Assert.Equal(RunCodes.Unknown, (await Assert.ThrowsAsync<AgentRefusedException>(() => Client.Run("never").ReadAsync(cancellationToken: Token).AsTask())).Code);
        await run.CancelAsync(Token);
    }

    [Theory]
    [InlineData("no address", "paint", "{}", 1, "bad-address")]
    [InlineData("painter/x", "Paint it", "{}", 1, "bad-type")]
    [InlineData("painter/x", "paint", "[]", 1, "invalid-payload")]
    [InlineData("painter/x", "paint", "{}", 0, "invalid-payload")]
    public async Task Start_ThatMakesNoSense_IsRefusedAndStartsNothing(string agent, string type, string payload, long within, string code)
    {
        var start = new RunStart(agent, type, System.Text.Json.JsonElement.Parse(payload), WithinMs: within);
        var reply = await Client.SendAsync(Envelope.Create("client/test", RunAddress.Of("faulty"), start), cancellationToken: Token);
        Assert.Equal(code, reply.Refusal?.Code);
        Assert.Equal(RunCodes.Unknown, (await Assert.ThrowsAsync<AgentRefusedException>(() => Client.Run("faulty").ReadAsync(cancellationToken: Token).AsTask())).Code);
    }

    [Fact]
    public async Task Say_OfNoPartOrAFaultyOne_IsRefused()
    {
        var run = await Client.StartAsync("painter/parts", new PaintAsking(), cancellationToken: Token);
        await run.WaitAsync(cancellationToken: Token);
        foreach (var parts in new Part[][] { [], [new Part()], [new Part { Text = "a", Url = "b" }], [new Part { Raw = "?" }] })
        {
            Assert.Equal(RefusalCodes.InvalidPayload, (await Assert.ThrowsAsync<AgentRefusedException>(() => run.SayAsync(parts, Token).AsTask())).Code);
        }

        await run.CancelAsync(Token);
    }

    [Fact]
    public async Task Begun_InAVolatileAgent_IsDoneOrTakenBack()
    {
        var sketcher = Client.Agent("sketcher/a");
        await sketcher.AskAsync(new PaintSlowly("wait-sketch"), cancellationToken: Token);
        await PainterAgent.Waiting.GetOrAdd("wait-sketch", static _ => new()).Task.WaitAsync(Token);
        await PainterAgent.Waiting.GetOrAdd("wait-sketch-turn", static _ => new()).Task.WaitAsync(Token);
        await sketcher.TellAsync(new PaintAsking(), cancellationToken: Token);
        await PainterAgent.Stopped.GetOrAdd("wait-sketch", static _ => new()).Task.WaitAsync(Token);
        await PainterAgent.Stopped.GetOrAdd("wait-sketch-turn", static _ => new()).Task.WaitAsync(Token);
        PainterAgent.Gates.GetOrAdd("sketch", static _ => new()).TrySetResult();
        PainterAgent.Gates.GetOrAdd("sketch-turn", static _ => new()).TrySetResult();
        await sketcher.AskAsync(new PaintSlowly("sketch"), cancellationToken: Token);
        // Its question was answered, and so was its work; of what was taken back nothing came.
        while (await sketcher.AskAsync(new ReadPainted(), cancellationToken: Token) is var done && done != 101)
        {
            Assert.True(done is 0 or 1 or 100, $"{done}");
        }
    }

    [Fact]
    public async Task Done_FromSomebodyElse_IsRefused() => Assert.Equal(
        RefusalCodes.NotAllowed, (await Client.Agent("painter/forged").TellAsync(new PaintDone("x"), cancellationToken: Token)).Refusal?.Code);
}
