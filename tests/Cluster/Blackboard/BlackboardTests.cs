using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Blackboard;

public sealed class BlackboardTests : IAsyncLifetime
{
    private AgentTestCluster _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BlackboardHandle Board => _cluster.Client.Blackboard("plan");

    public async ValueTask InitializeAsync() => _cluster = await AgentTestCluster.StartAsync(
        options => options.AddAgent<FollowerAgent>().ConfigureSilo(silo => silo.Services.Configure<BlackboardOptions>(b => (b.History, b.DocumentBytes) = (5, 2000))), Token);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Read_OfABoardThatNobodyChanged_IsEmpty()
    {
        var content = await Board.ReadAsync(cancellationToken: Token);
        Assert.Equal((0, "{}"), (content.Version, content.Document.GetRawText()));
    }

    [Fact]
    public async Task Patch_ThatApplies_MakesAVersionAndAnEvent()
    {
        Assert.Equal(1, await MergeAsync("""{"a":{"b":1}}"""));
        Assert.Equal(2, await PatchAsync("""[{"op":"test","path":"/a/b","value":1.0},{"op":"move","from":"/a/b","path":"/c"}]"""));
        Assert.Equal("""{"a":{},"c":1}""", await TextAsync());
        var diffs = await EventsAsync(2);
        Assert.Equal([("plan", 0, 1, "client/test"), ("plan", 1, 2, "client/test")], diffs.Select(d => (d.Board, d.Base, d.Version, d.By)));
        Assert.Equal("""[{"op":"add","path":"/a","value":{"b":1}}]""", JsonSerializer.Serialize(diffs[0].Patch, PayloadJson.Options));
        Assert.Equal(["test", "move"], diffs[1].Patch.Select(o => o.Op));
        Assert.Equal(diffs.Select(d => d.At), await Board.HistoryAsync(cancellationToken: Token).Select(d => d.At).ToListAsync(Token));
    }

    [Fact]
    public async Task Patch_ThatDoesNotApply_ChangesNothingAndNamesTheOperation()
    {
        await MergeAsync("""{"a":1}""");
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await PatchAsync("""[{"op":"remove","path":"/a"},{"op":"test","path":"/b","value":1}]"""));
        Assert.Equal((BlackboardCodes.NoPath, "/payload/patch/1"), (refused.Code, Assert.Single(refused.Refusal.Problems!).Pointer));
        Assert.Contains("'/b'", refused.Message, StringComparison.Ordinal);
        Assert.Equal((1, """{"a":1}"""), ((await Board.ReadAsync(cancellationToken: Token)).Version, await TextAsync()));
        Assert.Equal(2, await MergeAsync("""{"a":2}"""));
        Assert.Equal([1L, 2L], (await EventsAsync(2)).Select(d => d.Version));
    }

    [Fact]
    public async Task Change_ThatChangesNothing_MakesNoVersionAndNoEvent()
    {
        await MergeAsync("""{"a":1}""");
        Assert.Equal(1, await MergeAsync("""{"a":1.0,"b":null}"""));
        Assert.Equal(1, await PatchAsync("""[{"op":"add","path":"/x","value":1},{"op":"remove","path":"/x"}]"""));
        Assert.Equal(1, await PatchAsync("[]"));
        Assert.Equal(2, await MergeAsync("""{"a":2}"""));
        Assert.Equal([1L, 2L], (await EventsAsync(2)).Select(d => d.Version));
    }

    [Fact]
    public async Task Change_WithAnotherVersionExpected_IsAConflictWithTheCurrentOne()
    {
        await MergeAsync("""{"a":1}""");
        await MergeAsync("""{"a":2}""");
        var conflict = await Assert.ThrowsAsync<BlackboardConflictException>(async () => await MergeAsync("""{"a":3}""", expected: 1));
        Assert.Equal((2, BlackboardCodes.Conflict), (conflict.Version, conflict.Code));
        // Also where the change would change nothing.
        await Assert.ThrowsAsync<BlackboardConflictException>(async () => await MergeAsync("""{"a":2}""", expected: 3));
        Assert.Equal(3, await MergeAsync("""{"a":3}""", expected: 2));
    }

    [Fact]
    public async Task Read_AtAVersion_GoesBackAsFarAsTheHistory()
    {
        List<string> texts = ["{}"];
        foreach (var change in new[] { """{"list":[1,2,3],"o":{"x":null}}""", """{"list":[3,1]}""", """{"o":{"x":1}}""", """{"o":null}""", """{"list":{"0":1}}""", """{"last":true}""" })
        {
            await MergeAsync(change);
            texts.Add(await TextAsync());
        }

        await _cluster.RestartAgentAsync("blackboard/plan");
        for (var version = 1; version <= 6; version++)
        {
            Assert.Equal(texts[version], (await Board.ReadAsync(version, Token)).Document.GetRawText());
        }

        Assert.Equal((BlackboardCodes.Gone, 1), await VersionRefusedAsync(() => Board.ReadAsync(0, Token)));
        Assert.Equal((BlackboardCodes.Unknown, 6), await VersionRefusedAsync(() => Board.ReadAsync(7, Token)));
        Assert.Equal((BlackboardCodes.Gone, 1), await VersionRefusedAsync(() => Board.HistoryAsync(0, Token).FirstAsync(Token)));
        Assert.Equal([2L, 3L, 4L, 5L, 6L], await Board.HistoryAsync(cancellationToken: Token).Select(d => d.Version).ToListAsync(Token));
        Assert.Equal([6L], await Board.HistoryAsync(5, Token).Select(d => d.Version).ToListAsync(Token));
        Assert.Empty(await Board.HistoryAsync(6, Token).ToListAsync(Token));
        var page = await _cluster.Client.Agent("blackboard/plan").AskAsync(new BlackboardHistory(After: 2, Limit: 2), cancellationToken: Token);
        Assert.Equal((1, 6, 3, 4), (page.Oldest, page.Version, page.Diffs[0].Version, page.Diffs[^1].Version));
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"/a","value":["0123456789012345678901234567890123456789"]},{"op":"copy","from":"","path":"/b"},{"op":"copy","from":"","path":"/c"},{"op":"copy","from":"","path":"/d"},{"op":"copy","from":"","path":"/e"},{"op":"copy","from":"","path":"/f"},{"op":"copy","from":"","path":"/g"},{"op":"replace","path":"","value":{}}]""", RefusalCodes.TooLarge)]
    [InlineData("""[{"op":"replace","path":"","value":[]}]""", BlackboardCodes.BadOperation)]
    [InlineData("""[{"op":"remove","path":""}]""", BlackboardCodes.BadOperation)]
    [InlineData("""[{"op":"add","path":"/n","value":1e400}]""", RefusalCodes.BadNumber)]
    [InlineData("""[{"op":"test","path":"/n","value":9007199254740993}]""", RefusalCodes.BadNumber)]
    public async Task Patch_BeyondALimit_IsRefused(string patch, string code)
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await PatchAsync(patch));
        Assert.Equal(code, refused.Code);
        Assert.Equal(0, (await Board.ReadAsync(cancellationToken: Token)).Version);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("null")]
    public async Task Merge_OfNoObject_IsRefused(string merge) =>
        Assert.Equal(RefusalCodes.InvalidPayload, (await Assert.ThrowsAsync<AgentRefusedException>(async () => await MergeAsync(merge))).Code);

    [Fact]
    public async Task Merge_AtTheLimitOfDepth_IsReadFromTheHistoryToo()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 55)) + "{}" + new string('}', 55);
        await MergeAsync(deep);
        await PatchAsync("""[{"op":"replace","path":"","value":{}}]""");
        Assert.Equal(deep, (await Board.ReadAsync(1, Token)).Document.GetRawText());
        Assert.Equal(2, await Board.HistoryAsync(cancellationToken: Token).CountAsync(Token));
        Assert.Equal(RefusalCodes.TooDeep, (await Assert.ThrowsAsync<AgentRefusedException>(async () => await MergeAsync($$"""{"a":{{deep}}}"""))).Code);
    }

    [Fact]
    public async Task Board_WithANameThatIsNoTopics_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await _cluster.Client.Agent("blackboard/a b").AskAsync(new BlackboardRead(), cancellationToken: Token));
        Assert.Equal(RefusalCodes.BadAddress, refused.Code);
    }

    [Fact]
    public async Task Agent_ThatFollows_HasTheDocumentInItsState()
    {
        await MergeAsync("""{"early":1}""");
        var follower = _cluster.Client.Agent("follower/a");
        await follower.TellAsync(new FollowBoard("plan"), cancellationToken: Token);
        await PatchAsync("""[{"op":"add","path":"/late","value":2}]""");
        BlackboardContent seen;
        do
        {
            seen = await follower.AskAsync(new ReadFollowed(), cancellationToken: Token);
        }
        while (seen.Version < 2);

        Assert.Equal("""{"early":1,"late":2}""", seen.Document.GetRawText());
    }

    private ValueTask<long> MergeAsync(string merge, long? expected = null) =>
        Board.MergeAsync(JsonElement.Parse(merge), expected, cancellationToken: Token);

    private ValueTask<long> PatchAsync(string patch) => Board.PatchAsync(JsonPatch.Parse(patch), cancellationToken: Token);

    private async Task<string> TextAsync() => (await Board.ReadAsync(cancellationToken: Token)).Document.GetRawText();

    private async Task<List<BlackboardDiff>> EventsAsync(int count) => await _cluster.Client.Topic("blackboard/plan").ReadAsync(TopicStart.Beginning, Token)
        .Take(count).Select(e => JsonSerializer.Deserialize<BlackboardDiff>(e.Envelope.PayloadJson.Span, PayloadJson.Options)!).ToListAsync(Token);

    private static async Task<(string Code, long Version)> VersionRefusedAsync<T>(Func<ValueTask<T>> ask)
    {
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await ask());
        Assert.True(BlackboardRefusal.TryReadVersion(refused.Refusal, out var version));
        return (refused.Code, version);
    }
}

[Contract("test.follow-board")]
public sealed record FollowBoard(string Name);

[Contract("test.read-followed")]
public sealed record ReadFollowed : IQuery<BlackboardContent>;

[Agent("follower")]
public sealed class FollowerAgent : Agent<BlackboardView>, IHandle<FollowBoard>, IHandle<BlackboardDiff>, IHandle<ReadFollowed, BlackboardContent>
{
    public async ValueTask HandleAsync(FollowBoard message, AgentContext context, CancellationToken cancellationToken)
    {
        await context.SubscribeAsync(BlackboardAddress.TopicOf(message.Name), cancellationToken);
        State.Reset(await context.AskAsync(BlackboardAddress.Of(message.Name), new BlackboardRead(), cancellationToken));
    }

    public async ValueTask HandleAsync(BlackboardDiff message, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Apply(message) == BlackboardStep.Gap)
        {
            State.Reset(await context.AskAsync(BlackboardAddress.Of(message.Board), new BlackboardRead(), cancellationToken));
        }
    }

    public ValueTask<BlackboardContent> HandleAsync(ReadFollowed request, AgentContext context, CancellationToken cancellationToken) =>
        new(new BlackboardContent(State.Version, State.Document));
}
