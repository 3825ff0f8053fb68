using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Runs;

public sealed class RunCrashTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 10, Runs = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Runs_UnderRandomFaults_EndOnceAndTheirLogsHaveNoGap(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public async Task Run_WhoseSiloIsKilledBetweenEvents_GoesOnAndIsReadFromAnyPlaceOnAnySilo(string store)
    {
        var (what, rest) = ($"wait-kill-{store}", await stores.OpenAsync(store, Token));
        await using var cluster = await StartAsync(options => (options.Silos, options.Store) = (3, rest));
        var run = await cluster.Client.StartAsync("painter/a", new PaintSlowly(what, 20), cancellationToken: Token);
        var events = new List<RunEvent>();
        var wasKilled = false;
        await foreach (var one in run.FollowAsync(cancellationToken: Token))
        {
            events.Add(one);
            if (one.Artifact is not null && !wasKilled)
            {
                wasKilled = true;
                await cluster.KillSiloAsync(cluster.FindSilo(RunAddress.Of(run.Id))!);
                if (cluster.FindSilo("painter/a") is { } other)
                {
                    await cluster.KillSiloAsync(other);
                }

                PainterAgent.Gates.GetOrAdd(what, static _ => new()).TrySetResult();
            }
        }

        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Sequence));
        Assert.Equal(RunState.Completed, events[^1].State);
        var read = await run.ReadAsync(cancellationToken: Token);
        Assert.Equal(string.Concat(Enumerable.Range(0, 20).Select(i => $"{what}{i} ")), read.Artifacts[0].Parts.Single().Text);
        Assert.Equal(1, await cluster.Client.Agent("painter/a").AskAsync(new ReadPainted(), cancellationToken: Token));
        await cluster.StartSiloAsync();
        foreach (var (silo, after) in cluster.Silos.SelectMany(silo => events.Select(one => (silo, one.Sequence))))
        {
            var behind = await cluster.InsideClient(silo).As("client/test").Run(run.Id).FollowAsync(after, Token).ToListAsync(Token);
            Assert.Equal(events.Skip((int)after).Select(Write), behind.Select(Write));
        }
    }

    [Theory]
    [InlineData(TestStores.Sqlite)]
    [InlineData(TestStores.Redis)]
    public async Task Run_WhoseWholeClusterEnds_GoesOnFromItsStore(string store)
    {
        var (what, open) = ($"wait-end-{store}", await stores.CreateAsync(store, Token));
        var first = await open();
        var seen = new List<RunEvent>();
        await using (var cluster = await StartAsync(options => options.Store = first))
        {
            await foreach (var one in (await cluster.Client.StartAsync("painter/a", new PaintSlowly(what), new RunStartOptions { Id = "kept" }, Token)).FollowAsync(cancellationToken: Token))
            {
                seen.Add(one);
                if (one.Artifact is not null)
                {
                    break;
                }
            }

            await cluster.KillSiloAsync(cluster.Silos[0]);
        }

        await ((IAsyncDisposable)first).DisposeAsync();
        PainterAgent.Gates.GetOrAdd(what, static _ => new()).TrySetResult();
        var again = await open();
        await using var next = await StartAsync(options => options.Store = again);
        await foreach (var one in next.Client.Run("kept").FollowAsync(seen[^1].Sequence, Token))
        {
            seen.Add(one);
        }

        Assert.Equal(Enumerable.Range(1, seen.Count).Select(i => (long)i), seen.Select(e => e.Sequence));
        Assert.Equal(seen.Select(Write), (await next.Client.Run("kept").FollowAsync(cancellationToken: Token).ToListAsync(Token)).Select(Write));
        Assert.Equal($"{what}0 {what}1 {what}2 ", (await next.Client.Run("kept").ReadAsync(cancellationToken: Token)).Artifacts[0].Parts.Single().Text);
    }

    [Fact]
    public async Task Run_AfterARestart_ReadsAsBefore()
    {
        await using var cluster = await StartAsync(_ => { });
        var run = await cluster.Client.StartAsync("painter/a", new PaintSlowly("r", 8), cancellationToken: Token);
        var before = await run.WaitAsync(untilFinal: true, Token);
        await cluster.RestartAgentAsync(RunAddress.Of(run.Id));
        var after = await run.ReadAsync(cancellationToken: Token);
        Assert.Equal(PayloadJson.Options.GetTypeInfo(typeof(RunSnapshot)) is var type ? System.Text.Json.JsonSerializer.Serialize(before, type) : "", System.Text.Json.JsonSerializer.Serialize(after, type));
    }

    [Fact]
    public async Task Run_WhoseTimeIsOver_FailsAndStopsItsWorkAndIsForgottenLater()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        await using var cluster = await StartAsync(options => options.Time = time);
        var run = await cluster.Client.StartAsync("painter/a", new PaintSlowly("wait-late"), new RunStartOptions { Within = TimeSpan.FromMinutes(3) }, Token);
        // Before that it would be refused what it writes, and not be told to stop.
        await cluster.AdvanceUntilAsync(PainterAgent.Waiting.GetOrAdd("wait-late", static _ => new()).Task);
        time.Advance(TimeSpan.FromMinutes(4));
        await cluster.AdvanceUntilAsync(run.WaitAsync(untilFinal: true, Token).AsTask());
        var read = await run.ReadAsync(cancellationToken: Token);
        Assert.Equal((RunState.Failed, RefusalCodes.DeadlineExceeded), (read.State, read.Code));
        await cluster.AdvanceUntilAsync(PainterAgent.Stopped.GetOrAdd("wait-late", static _ => new()).Task);
        await cluster.AdvanceUntilAsync(UntilListedAsync(cluster, RunState.Failed));
        time.Advance(TimeSpan.FromDays(8));
        await cluster.AdvanceUntilAsync(UntilListedAsync(cluster, null));
        Assert.Equal(RunCodes.Unknown, (await Assert.ThrowsAsync<AgentRefusedException>(() => run.ReadAsync(cancellationToken: Token).AsTask())).Code);
    }

    [Fact]
    public async Task List_OfAnOwner_HasItsRunsNewestChangeFirstByPages()
    {
        await using var cluster = await StartAsync(_ => { });
        var first = await cluster.Client.StartAsync("painter/a", new PaintAsking(), new RunStartOptions { Id = "1", ConversationId = "talk" }, Token);
        await first.WaitAsync(cancellationToken: Token);
        foreach (var id in new[] { "2", "3" })
        {
            await (await cluster.Client.StartAsync("painter/b", new Paint("x"), new RunStartOptions { Id = id }, Token)).WaitAsync(cancellationToken: Token);
        }

        await first.CancelAsync(Token);
        await cluster.IdleAsync(cancellationToken: Token);
        var list = await cluster.Client.ListRunsAsync(cancellationToken: Token);
        Assert.Equal(["1 Cancelled", "3 Completed", "2 Completed"], list.Runs.Select(r => $"{r.Run} {r.State}"));
        var page = await cluster.Client.ListRunsAsync(new RunsList(Limit: 1, After: "1"), Token);
        Assert.Equal(("3", 3, true), (page.Runs.Single().Run, page.Total, page.HasMore));
        Assert.Equal("1", (await cluster.Client.ListRunsAsync(new RunsList("talk"), Token)).Runs.Single().Run);
        Assert.Equal(2, (await cluster.Client.ListRunsAsync(new RunsList(State: RunState.Completed, Agent: "painter/b"), Token)).Total);
        await cluster.RestartAgentAsync(RunAddress.IndexFor("client/test"));
        Assert.Equal(3, (await cluster.Client.ListRunsAsync(cancellationToken: Token)).Total);
        var other = await cluster.Client.SendAsync(Envelope.Create("client/other", RunAddress.IndexFor("client/test"), new RunsList()), cancellationToken: Token);
        Assert.Equal(RefusalCodes.NotAllowed, other.Refusal?.Code);
    }

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        faults.Link().DropRequest(When.Chance(0.04)).DropReply(When.Chance(0.04)).Duplicate(When.Chance(0.08)).Delay(When.Chance(0.05), TimeSpan.FromMilliseconds(5));
        faults.Commits().FailBefore(When.Chance(0.04)).FailAfter(When.Chance(0.04));
        faults.Restart("painter/*", When.Chance(0.05)).Restart("run/*", When.Chance(0.03));
        await using var cluster = await StartAsync(options => (options.Store, options.Faults) = (store, faults));
        await Parallel.ForAsync(0, Runs, token, async (i, _) =>
        {
            var run = cluster.Client.Run($"{faults.Seed}-{i}");
            var start = new RunStart($"painter/{i % 2}", "paint.slowly", System.Text.Json.JsonElement.Parse("""{"what":"f","strokes":4}"""));
            while ((await TryAsync(() => cluster.Client.SendAsync(Envelope.Create("client/test", RunAddress.Of(run.Id), start), cancellationToken: token)))?.Code is { } code && code != RunCodes.Exists)
            {
                token.ThrowIfCancellationRequested();
            }

            var events = await run.FollowAsync(cancellationToken: token).ToListAsync(token);
            Assert.True(
                events.Select(e => e.Sequence).SequenceEqual(Enumerable.Range(1, events.Count).Select(n => (long)n))
                && events.Count(e => e.State?.IsFinal() is true) == 1 && events[^1].State == RunState.Completed,
                $"{string.Join(", ", events.Select(e => $"{e.Sequence} {e.State} {e.Code} {e.Message?.Parts[0].Text}"))} with {faults}");
        });
        faults.Pause();
        for (var i = 0; i < Runs; i++)
        {
            var read = await cluster.Client.Run($"{faults.Seed}-{i}").ReadAsync(cancellationToken: token);
            Assert.Equal(["f0 f1 f2 f3 ", "f"], read.Artifacts.Select(a => a.Parts.Single().Text));
        }

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(Runs / 2, await cluster.Client.Agent($"painter/{i}").AskAsync(new ReadPainted(), cancellationToken: token));
        }

        // A run in which nothing went wrong proves nothing.
        Assert.NotEmpty(faults.Injected);
    }

    private static async Task<Refusal?> TryAsync(Func<ValueTask<Reply>> send)
    {
        try
        {
            return (await send()).Refusal;
        }
        catch (AgentTimeoutException e)
        {
            return new Refusal(e.Code, e.Message);
        }
    }

    private static async Task UntilListedAsync(AgentTestCluster cluster, RunState? state)
    {
        while ((await cluster.Client.ListRunsAsync(cancellationToken: Token)).Runs.SingleOrDefault()?.State != state)
        {
            Token.ThrowIfCancellationRequested();
        }
    }

    private static string Write(RunEvent one) => System.Text.Json.JsonSerializer.Serialize(one, PayloadJson.Options);

    internal static Task<AgentTestCluster> StartAsync(Action<AgentTestClusterOptions> configure) => AgentTestCluster.StartAsync(
        options =>
        {
            options.Patience = TimeSpan.FromSeconds(30);
            options.AddAgent<PainterAgent>().ConfigureAgents(agents =>
            {
                agents.Delivery.MaxRetries = 1000;
                agents.Delivery.FirstDelay = TimeSpan.FromMilliseconds(1);
                agents.Delivery.LongestDelay = TimeSpan.FromMilliseconds(20);
                agents.WakePeriod = TimeSpan.FromMilliseconds(20);
                agents.WakeAfter = TimeSpan.FromMilliseconds(300);
            });
            configure(options);
        }, Token);
}
