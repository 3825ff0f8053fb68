using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Tests.Intelligence;

/// <summary>An agent of Microsoft's framework, unchanged, as an agent of ours.</summary>
public sealed class HostedAIAgentTests(HostedCluster hosted) : IClassFixture<HostedCluster>
{
    private readonly ScriptedAgent _other = hosted.Other;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_OfAnAgent_IsKeptBetweenItsAnswersAndItsActivations()
    {
        var cluster = hosted.Cluster;
        Assert.Equal("You said: one of it", (await SayAsync(cluster, "kept", "one of it")).Text);
        Assert.Equal("You said: one of it, two", (await SayAsync(cluster, "kept", "two")).Text);
        Assert.Equal("You said: other", (await SayAsync(cluster, "b", "other")).Text);
        await cluster.RestartAgentAsync("parrot/kept");
        Assert.Equal("You said: one of it, two, three of it", (await SayAsync(cluster, "kept", "three of it")).Text);
        var told = _other.Told.Where(t => t.Text is "one of it" or "three of it").ToList();
        Assert.All(told, t => Assert.Equal(cluster.Client.Sender.ToString(), t.Sender));
        Assert.Equal(2, told.Select(t => t.Work).Distinct().Count());
    }

    [Fact]
    public async Task Run_OfAnAgent_IsWrittenWhileItSpeaksAndCompletedWithTheAnswer()
    {
        var cluster = hosted.Cluster;
        var run = await cluster.Client.StartAsync("parrot/run", ChatSay.Of("wait run"), cancellationToken: Token);
        await run.FollowAsync(cancellationToken: Token).FirstAsync(e => e.Artifact?.Parts[0].Text == "You said: ", Token);
        // It is written before the agent goes on.
        _other.Gate("run").Go.SetResult();
        var done = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal(RunState.Completed, done.State);
        Assert.Equal(("answer", "You said: wait run"), (Assert.Single(done.Artifacts).Id, string.Concat(done.Artifacts[0].Parts.Select(p => p.Text))));
    }

    [Fact]
    public async Task Messages_ThatComeMeanwhile_WaitInOrderUpToALimit()
    {
        var cluster = hosted.Cluster;
        var first = SayAsync(cluster, "many", "wait first");
        await _other.Gate("first").Came.Task.WaitAsync(Token);
        var waiting = new List<RunHandle>();
        foreach (var text in (string[])["second", "third"])
        {
            waiting.Add(await cluster.Client.StartAsync("parrot/many", ChatSay.Of(text), cancellationToken: Token));
            while ((await waiting[^1].ReadAsync(cancellationToken: Token)).State != RunState.Working)
            {
                Token.ThrowIfCancellationRequested();
            }
        }

        // Without the repeats of a client.
        var busy = await cluster.OutsideGrains.GetGrain<IAgentGrain>(Orleans.Runtime.GrainId.Create("parrot", "many")).DeliverAsync(Envelope.Create("client/test", "parrot/many", ChatSay.Of("fourth")));
        Assert.Equal(RefusalCodes.Busy, busy.Refusal?.Code);
        await waiting[0].CancelAsync(Token);
        _other.Gate("first").Go.SetResult();
        Assert.Equal("You said: wait first", (await first).Text);
        Assert.Equal("You said: wait first, third", (await waiting[1].WaitAsync(untilFinal: true, Token)).Artifacts.Single().Parts.Single().Text);
    }

    [Fact]
    public async Task Message_ThatIsTold_IsHeard()
    {
        var cluster = hosted.Cluster;
        await cluster.Client.Agent("parrot/told").TellAsync(ChatSay.Of("told"), cancellationToken: Token);
        Assert.Equal("You said: told, asked", (await SayAsync(cluster, "told", "asked")).Text);
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("deaf")]
    public async Task Caller_ThatCancels_LeavesTheSessionAsItWas(string how)
    {
        var cluster = hosted.Cluster;
        await SayAsync(cluster, $"cancel {how}", "one");
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var asked = SayAsync(cluster, $"cancel {how}", $"{how} ask-{how}", caller.Token);
        await _other.Gate($"ask-{how}").Came.Task.WaitAsync(Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        var run = await cluster.Client.StartAsync($"parrot/cancel {how}", ChatSay.Of($"{how} run-{how}"), cancellationToken: Token);
        await _other.Gate($"run-{how}").Came.Task.WaitAsync(Token);
        await run.CancelAsync(Token);
        if (how == "wait")
        {
            await _other.Gate($"ask-{how}").Stopped.Task.WaitAsync(Token);
            await _other.Gate($"run-{how}").Stopped.Task.WaitAsync(Token);
        }

        // It has no ear for cancelling, and holds nobody up all the same.
        Assert.Equal("You said: one, two", (await SayAsync(cluster, $"cancel {how}", "two")).Text);
    }

    [Theory]
    [InlineData("fail", RefusalCodes.HandlerFailed)]
    [InlineData("late", RefusalCodes.HandlerFailed)]
    [InlineData("refuse", "parrot.tired")]
    [InlineData("large", HostedCodes.SessionTooLarge)]
    public async Task Failure_OfTheAgent_IsToldOnceAndLeavesTheSessionAsItWas(string what, string code)
    {
        var cluster = hosted.Cluster;
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(() => SayAsync(cluster, $"fail {what}", what));
        Assert.Equal(code, refused.Code);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
        var run = await cluster.Client.StartAsync($"parrot/fail {what}", ChatSay.Of(what), cancellationToken: Token);
        var failed = await run.WaitAsync(untilFinal: true, Token);
        Assert.Equal((RunState.Failed, code), (failed.State, failed.Code));
        // What it did outside may be done, so it was not asked again.
        Assert.Equal(2, _other.Told.Count(told => told.Text == what));
        Assert.Equal("You said: one", (await SayAsync(cluster, $"fail {what}", "one")).Text);
    }

    [Fact]
    public async Task Answer_LongerThanItMay_IsGivenUp()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var cluster = await HostedCluster.StartAsync(_other, time: time);
        var run = await cluster.Client.StartAsync("parrot/a", ChatSay.Of("deaf slow"), cancellationToken: Token);
        await run.FollowAsync(cancellationToken: Token).FirstAsync(e => e.Artifact is not null, Token);
        await _other.Gate("slow").Came.Task.WaitAsync(Token);
        time.Advance(TimeSpan.FromMinutes(2));
        var ended = run.WaitAsync(untilFinal: true, Token).AsTask();
        await cluster.AdvanceUntilAsync(ended, TimeSpan.FromSeconds(1));
        Assert.Equal((RunState.Failed, RefusalCodes.DeadlineExceeded), ((await ended).State, (await ended).Code));
        Assert.Equal("There was no answer within 00:02:00.", (await ended).Message?.Parts[0].Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Parts_ThatCannotBeSaid_AreRefused(bool isEmpty)
    {
        var cluster = hosted.Cluster;
        var say = new ChatSay(isEmpty ? [] : [new Part { Url = "no address" }]);
        Assert.Equal(RefusalCodes.InvalidPayload, (await Assert.ThrowsAsync<AgentRefusedException>(() => cluster.Client.Agent("parrot/parts").AskAsync(say, cancellationToken: Token).AsTask())).Code);
    }

    [Fact]
    public async Task Answer_InASilosCrash_IsGivenAnewFromTheLastStoredSession()
    {
        await using var cluster = await HostedCluster.StartAsync(_other, silos: 2);
        await SayAsync(cluster, "a", "one");
        var run = await cluster.Client.StartAsync("parrot/a", ChatSay.Of("deaf crash"), cancellationToken: Token);
        await _other.Gate("crash").Came.Task.WaitAsync(Token);
        var work = _other.Told.Last().Work;
        await cluster.KillSiloAsync(cluster.FindSilo("parrot/a")!);
        _other.Gate("crash").Go.SetResult();
        var done = await run.WaitAsync(untilFinal: true, Token);
        // Said twice, under one key, and once in the session.
        Assert.Equal("You said: one, deaf crash", string.Concat(done.Artifacts.Single().Parts.Select(p => p.Text)));
        Assert.Equal([work, work], _other.Told.Where(told => told.Text == "deaf crash").Select(told => told.Work));
        Assert.Equal("You said: one, deaf crash, two", (await SayAsync(cluster, "a", "two")).Text);
    }

    [Fact]
    public async Task Answer_WithACrashBeforeOrBehindAnyCommit_IsInTheSessionOnce()
    {
        var faults = new FaultPlan(1);
        foreach (var commit in Enumerable.Range(1, 4))
        {
            faults.Commits($"parrot/b{commit}").FailBefore(When.Number(commit));
            faults.Commits($"parrot/a{commit}").FailAfter(When.Number(commit));
        }

        await using var cluster = await HostedCluster.StartAsync(_other, faults);
        await Task.WhenAll(Enumerable.Range(1, 4).SelectMany(n => new[] { $"a{n}", $"b{n}" }).Select(async key =>
        {
            Assert.Equal("You said: one", (await SayAsync(cluster, key, "one")).Text);
            Assert.Equal("You said: one, two", (await SayAsync(cluster, key, "two")).Text);
        }));
        Assert.True(faults.Injected.Count >= 6, $"{faults.Injected.Count}");
    }

    private static Task<ChatSaid> SayAsync(AgentTestCluster cluster, string key, string text, CancellationToken? token = null) =>
        cluster.Client.Agent(new AgentId("parrot", key)).AskAsync(ChatSay.Of(text), cancellationToken: token ?? Token).AsTask();
}
