using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Patterns;

public sealed class GroupTests(TestStores stores) : IClassFixture<TestStores>
{
    private const int Seeds = 8;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Group_WithoutAModerator_SpeaksInTurnAndSkipsWhoFails()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        var ended = await RunAsync(cluster, new GroupStart("bread", ["speaker/a", "speaker/mute-b", "speaker/c"], MaxTurns: 5, Tag: "t"));
        Assert.Equal(("g", "t", GroupEnd.Turns, 5, "2 after 3"), (ended.Id, ended.Tag, ended.Reason, ended.Turns, ended.Last?.Text));
        var reading = await cluster.Client.Agent("group/g").AskAsync(new GroupRead(After: 1, Limit: 3), cancellationToken: Token);
        Assert.Equal(["speaker.mute", "1 after 2", "2 after 3"], reading.Transcript.Select(e => e.Failed ?? e.Text));
        Assert.Equal((5, GroupEnd.Turns), (reading.Turns, reading.Reason));
    }

    [Fact]
    public async Task Group_WithAModerator_LetsItChooseAndEnd()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        var ended = await RunAsync(cluster, new GroupStart("bread", ["speaker/a", "speaker/b"], Moderator: "chair/1"));
        Assert.Equal((GroupEnd.Over, 3, "speaker/b"), (ended.Reason, ended.Turns, ended.Last?.Speaker));
    }

    [Fact]
    public async Task Group_WithAModeratorOfNoUse_Ends()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        Assert.Equal(GroupEnd.Moderator, (await RunAsync(cluster, new GroupStart("bread", ["speaker/a"], Moderator: "chair/odd"))).Reason);
    }

    [Fact]
    public async Task Group_OfWhichNobodySpeaks_Ends()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        var ended = await RunAsync(cluster, new GroupStart("bread", ["speaker/quiet-a", "speaker/mute-b"]));
        Assert.Equal((GroupEnd.Silence, 2, null), (ended.Reason, ended.Turns, ended.Last));
    }

    [Fact]
    public async Task Group_WhoseTimeIsOver_EndsInTheMiddleOfATurn()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        cluster.Probe("slow").Answer<GroupTurn, GroupSaid>(_ => throw new TimeoutException("It takes too long."));
        var ended = await RunAsync(cluster, new GroupStart("bread", ["speaker/a", "probe/slow"], MaxTurns: 1000, Within: TimeSpan.FromMilliseconds(300)));
        Assert.Equal(GroupEnd.Deadline, ended.Reason);
    }

    [Fact]
    public async Task Group_Stopped_EndsNow()
    {
        await using var cluster = await PatternCluster.StartAsync(Token);
        await cluster.Client.Agent("starter/1").TellAsync(new RunAGroup("g", new GroupStart("bread", ["books/silent-1", "speaker/quiet-b"], MaxTurns: 1000, Moderator: "books/none")), cancellationToken: Token);
        await PatternCluster.ReadAsync(cluster, "group/g", new GroupRead(), _ => true, Token);
        await cluster.Client.Agent("group/g").TellAsync(new GroupStop(), cancellationToken: Token);
        await PatternCluster.ReadAsync(cluster, "starter/1", new ReadEnds(), e => e.Groups.Count == 1, Token);
        Assert.Equal(RefusalCodes.InvalidPayload, (await cluster.Client.Agent("group/not a topic").TellAsync(new GroupStart("bread", ["speaker/a"]), cancellationToken: Token)).Refusal?.Code);
        Assert.Equal("group.exists", (await cluster.Client.Agent("group/g").TellAsync(new GroupStart("bread", ["speaker/a"]), cancellationToken: Token)).Refusal?.Code);
    }

    [Theory, MemberData(nameof(TestStores.Names), MemberType = typeof(TestStores))]
    public Task Turns_UnderRandomFaults_HappenOnceAndAreTold(string store) => stores.OverSeedsAsync(store, Seeds, CheckAsync, Token);

    private static async Task CheckAsync(FaultPlan faults, IAgentStore store, CancellationToken token)
    {
        faults.AddBadWeather();
        faults.Restart("group/*", When.Chance(0.1)).Restart("speaker/*", When.Chance(0.05));
        await using var cluster = await PatternCluster.StartAsync(token, faults, store: store);
        await PatternCluster.TellAsync(cluster, "recorder/1", new ListenTo("groups/g"), token);
        await PatternCluster.TellAsync(cluster, "starter/1", new RunAGroup("g", new GroupStart("bread", ["speaker/a", "speaker/mute-b", "speaker/c"], MaxTurns: 9)), token);
        await PatternCluster.ReadAsync(cluster, "starter/1", new ReadEnds(), e => e.Groups.Count >= 1, token);
        await PatternCluster.ReadAsync(cluster, "recorder/1", new ReadHeard(), h => h.Lines.Count >= 9, token);
        faults.Pause();
        await cluster.IdleAsync(TimeSpan.FromSeconds(20), token);
        var ended = Assert.Single((await cluster.Client.Agent("starter/1").AskAsync(new ReadEnds(), cancellationToken: token)).Groups);
        Assert.NotEmpty(faults.Injected);
        Assert.Equal((GroupEnd.Turns, 9), (ended.Reason, ended.Turns));
        var heard = await cluster.Client.Agent("recorder/1").AskAsync(new ReadHeard(), cancellationToken: token);
        var expected = Enumerable.Range(0, 9).Select(i => $"{i + 1} speaker/{(i % 3) switch { 0 => "a", 1 => "mute-b", _ => "c" }}: {(i % 3 == 1 ? "speaker.mute" : $"{(i / 3) + 1} after {i}")}");
        Assert.True(heard.Lines.SequenceEqual(expected), $"{string.Join("; ", heard.Lines)} with {faults}");
    }

    private static async Task<GroupEnded> RunAsync(AgentTestCluster cluster, GroupStart group)
    {
        await cluster.Client.Agent("starter/1").TellAsync(new RunAGroup("g", group), cancellationToken: Token);
        return Assert.Single((await PatternCluster.ReadAsync(cluster, "starter/1", new ReadEnds(), e => e.Groups.Count > 0, Token)).Groups);
    }
}
