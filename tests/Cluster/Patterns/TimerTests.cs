using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Patterns;

public sealed class TimerTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 8, Ticks = 12;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Hour = TimeSpan.FromHours(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Timer_ThatRuns_TellsAtItsTimesAndDoesNotDrift()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await PatternCluster.StartAsync(Token, time: time);
        var first = time.GetUtcNow() + (Hour / 2);
        await StartAsync(cluster, new TickEvery("t", Hour, "recorder/1", Count: 3, First: first, Jitter: Hour / 4));
        Assert.Equal(first, (await ReadAsync(cluster, r => r.Owner == "starter/1")).Next);
        // Each is heard some steps late, behind its jitter; the next is due as if it had not been.
        time.Advance(Hour / 4 * 3);
        Assert.Single(await HeardAsync(cluster, 1));
        Assert.Equal(first + Hour, (await ReadAsync(cluster)).Next);
        time.Advance(Hour);
        Assert.Equal(2, (await HeardAsync(cluster, 2)).Count);
        Assert.Equal(first + (2 * Hour), (await ReadAsync(cluster)).Next);
        time.Advance(Hour);
        await HeardAsync(cluster, 3);
        var reading = await ReadAsync(cluster);
        Assert.Equal((3, 0, null), (reading.Told, reading.LeftOut, reading.Next));
    }

    [Fact]
    public async Task Timer_ThatMissedTimes_MakesUpForThemOnce()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await PatternCluster.StartAsync(Token, time: time);
        var from = time.GetUtcNow();
        await StartAsync(cluster, new TickEvery("t", Hour, "recorder/1", First: from + Hour));
        await ReadAsync(cluster, _ => true);
        await cluster.AdvanceUntilAsync(cluster.RestartAgentAsync("timer/t"));
        time.Advance(10.5 * Hour);
        await HeardAsync(cluster, 1);
        var reading = await ReadAsync(cluster);
        Assert.Equal((1, 9, from + (11 * Hour)), (reading.Told, reading.LeftOut, reading.Next));
    }

    [Theory]
    [InlineData(MissedTicks.All, 10, 0)]
    [InlineData(MissedTicks.None, 0, 10)]
    public async Task Timer_ThatMissedTimes_DoesWhatItWasTold(MissedTicks missed, int told, int leftOut)
    {
        var time = new FakeTimeProvider();
        await using var cluster = await PatternCluster.StartAsync(Token, time: time);
        var from = time.GetUtcNow();
        await StartAsync(cluster, new TickEvery("t", Hour, "recorder/1", Missed: missed, First: from + Hour));
        await ReadAsync(cluster, _ => true);
        time.Advance(TimeSpan.FromHours(10.5));
        await ReadAsync(cluster, r => r.Next == from + TimeSpan.FromHours(11));
        var reading = await ReadAsync(cluster);
        Assert.Equal((told, leftOut), (reading.Told, reading.LeftOut));
    }

    [Fact]
    public async Task Timer_StartedAgain_GoesOnUnlessItIsAnother()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await PatternCluster.StartAsync(Token, time: time);
        var every = new TickEvery("t", Second, "recorder/1");
        await StartAsync(cluster, every);
        await HeardAsync(cluster, 1);
        await StartAsync(cluster, every);
        Assert.NotEqual(0, (await ReadAsync(cluster)).Told);
        var stranger = new TimerStart("recorder/1", "test.tick", System.Text.Json.JsonElement.Parse("""{"name":"x"}"""), Second);
        Assert.Equal("timer.taken", (await PatternCluster.AdvanceAsync(cluster, cluster.Client.Agent("timer/t").TellAsync(stranger, cancellationToken: Token).AsTask())).Refusal?.Code);
        await StartAsync(cluster, every with { Interval = Hour });
        await ReadAsync(cluster, r => r.Timer.Interval == Hour && r.Told == 0);
    }

    [Fact]
    public async Task Timer_Stopped_TellsNothingMore()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await PatternCluster.StartAsync(Token, time: time);
        await StartAsync(cluster, new TickEvery("t", Second, "recorder/1"));
        await HeardAsync(cluster, 2);
        await StartAsync(cluster, new TickNoMore("t"));
        await ReadAsync(cluster, r => r.Next is null);
        var told = (await ReadAsync(cluster)).Told;
        await StartAsync(cluster, new TickEvery("other", Second, "recorder/2", Count: 3));
        await cluster.AdvanceUntilAsync(PatternCluster.ReadAsync(cluster, "recorder/2", new ReadHeard(), h => h.Lines.Count == 3, Token));
        Assert.Equal(told, (await HeardAsync(cluster, 0)).Count);
    }

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Ticks_UnderRandomFaults_AreAllToldOnce(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        faults.AddBadWeather();
        faults.Restart("timer/*", When.Chance(0.1)).Restart("recorder/*", When.Chance(0.05));
        await using var cluster = await PatternCluster.StartAsync(token, faults, store: store);
        await PatternCluster.TellAsync(cluster, "starter/1", new TickEvery("t", TimeSpan.FromMilliseconds(10), "recorder/1", Ticks, MissedTicks.All), token);
        await PatternCluster.ReadAsync(cluster, "timer/t", new TimerRead(), r => r.Next is null, token);
        await PatternCluster.ReadAsync(cluster, "recorder/1", new ReadHeard(), h => h.Lines.Count >= Ticks, token);
        faults.Pause();
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), token);
        var heard = await cluster.Client.Agent("recorder/1").AskAsync(new ReadHeard(), cancellationToken: token);
        Assert.NotEmpty(faults.Injected);
        Assert.True(heard.Lines.Count == Ticks, $"{heard.Lines.Count} ticks with {faults}");
    }

    private static Task StartAsync<TMessage>(AgentTestCluster cluster, TMessage message)
        where TMessage : notnull =>
        cluster.AdvanceUntilAsync(cluster.Client.Agent("starter/1").TellAsync(message, cancellationToken: Token).AsTask());

    private static Task<TimerReading> ReadAsync(AgentTestCluster cluster, Func<TimerReading, bool>? isEnough = null) =>
        PatternCluster.AdvanceAsync(cluster, PatternCluster.ReadAsync(cluster, "timer/t", new TimerRead(), isEnough ?? (_ => true), Token));

    private static async Task<IReadOnlyList<string>> HeardAsync(AgentTestCluster cluster, int count) =>
        (await PatternCluster.AdvanceAsync(cluster, PatternCluster.ReadAsync(cluster, "recorder/1", new ReadHeard(), h => h.Lines.Count >= count, Token))).Lines;
}
