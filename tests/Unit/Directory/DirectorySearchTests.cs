using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Directory;

public sealed class DirectorySearchTests
{
    private readonly Dictionary<AgentId, RegistrationIndex> _shards = DirectoryAddress.All.ToDictionary(shard => shard, _ => new RegistrationIndex());
    private readonly List<(AgentId Shard, DirectoryFind Query)> _asked = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(1000)]
    public async Task Run_OverAllShards_GivesTheFirstInOrder(int limit)
    {
        string[] all = [.. Enumerable.Range(0, 700).Select(i => $"worker/{i:0000}")];
        Fill(all);
        var found = await SearchAsync(new("quote", Limit: limit));
        Assert.Equal(all.Take(limit), found.Agents.Select(a => a.Agent));
        Assert.Equal(700, found.Total);
        Assert.Empty(found.Missing);
        Assert.InRange(_asked.Count, DirectoryAddress.Shards, DirectoryAddress.Shards + 8);
    }

    [Fact]
    public async Task Run_WhereTheFirstAreAllInOneShard_AsksItOnceMore()
    {
        string[] together = [.. Enumerable.Range(0, 100_000).Select(i => $"a/{i:000000}").Where(a => DirectoryAddress.For(a) == DirectoryAddress.All[3]).Take(300)];
        Fill(together);
        Fill([.. Enumerable.Range(0, 200).Select(i => $"b/{i}")]);
        var found = await SearchAsync(new("quote", Limit: 250));
        Assert.Equal(together.Take(250), found.Agents.Select(a => a.Agent));
        Assert.Equal(500, found.Total);
        Assert.Equal(DirectoryAddress.Shards + 1, _asked.Count);
    }

    [Fact]
    public async Task Run_BehindAnAddress_GoesOnThere()
    {
        Fill([.. Enumerable.Range(0, 300).Select(i => $"worker/{i:0000}")]);
        var found = await SearchAsync(new("quote", Limit: 20, After: "worker/0199"));
        Assert.Equal(Enumerable.Range(200, 20).Select(i => $"worker/{i:0000}"), found.Agents.Select(a => a.Agent));
    }

    [Fact]
    public async Task Run_WithShardsThatDoNotAnswer_NamesThem()
    {
        Fill([.. Enumerable.Range(0, 300).Select(i => $"worker/{i:0000}")]);
        var search = new DirectorySearch((shard, query, _) => shard.Key switch
        {
            "3" => throw new AgentTimeoutException(MessageId.New(), RefusalCodes.Unreachable, "No answer."),
            "5" => throw new AgentRefusedException(RefusalCodes.StoreUnavailable, "The disk is full."),
            "9" => throw new AgentFailedException(new Refusal(RefusalCodes.HandlerFailed, "It failed.")),
            "11" => throw new OperationCanceledException("The search's own time is over."),
            _ => new(_shards[shard].Find(query, _ => true)),
        });
        var found = await search.RunAsync(new("quote", Limit: 1000), [], Token);
        Assert.Equal(
            [new("directory/3", RefusalCodes.Unreachable), new("directory/5", RefusalCodes.StoreUnavailable), new("directory/9", RefusalCodes.HandlerFailed), new("directory/11", RefusalCodes.Unreachable)],
            found.Missing);
        Assert.DoesNotContain(found.Agents, a => found.Missing.Any(m => m.Agent == DirectoryAddress.For(a.Agent).ToString()));
        Assert.Equal(found.Agents.Count, found.Total);
        Assert.InRange(found.Total, 200, 299);
    }

    [Fact]
    public async Task Run_ThatIsNotAllowed_IsRefused()
    {
        var search = new DirectorySearch((_, _, _) => throw new AgentRefusedException(RefusalCodes.NotAllowed, "It may not."));
        var refused = await Assert.ThrowsAsync<AgentRefusedException>(async () => await search.RunAsync(new("quote"), [], Token));
        Assert.Equal(RefusalCodes.NotAllowed, refused.Code);
    }

    [Fact]
    public async Task Run_ThatItsCallerCancels_Ends()
    {
        using var stop = new CancellationTokenSource();
        var search = new DirectorySearch(async (_, _, cancel) =>
        {
            await stop.CancelAsync();
            cancel.ThrowIfCancellationRequested();
            return new([], 0, false);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await search.RunAsync(new("quote"), [], stop.Token));
    }

    [Fact]
    public async Task Run_OfAFaultyQuery_SaysWhatIsWrong()
    {
        var fault = await Assert.ThrowsAsync<ArgumentException>(async () => await SearchAsync(new("quote", Limit: 0)));
        Assert.Contains("'limit'", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Run_WithKindsThatHaveTheCapability_NamesThem()
    {
        KindDescription[] kinds = [Kind("clerk", ["quote"], []), Kind("other", ["price"], ["eu"]), Kind("pricer", ["price", "quote"], ["eu"])];
        Assert.Equal(["clerk", "pricer"], (await SearchAsync(new("quote"), kinds)).Kinds.Select(k => k.Kind));
        Assert.Equal(["pricer"], (await SearchAsync(new("quote", ["eu"]), kinds)).Kinds.Select(k => k.Kind));
        Assert.Equal(["clerk"], (await SearchAsync(new("quote", Kind: "clerk"), kinds)).Kinds.Select(k => k.Kind));
    }

    private static KindDescription Kind(string kind, string[] capabilities, string[] tags) =>
        new(kind, Durable: false, AnyContract: false, Description: null, []) { Capabilities = capabilities, Tags = tags };

    private ValueTask<FoundAgents> SearchAsync(DirectoryFind query, KindDescription[]? kinds = null) => new DirectorySearch((shard, asked, _) =>
    {
        _asked.Add((shard, asked));
        return new(_shards[shard].Find(asked, _ => true));
    }).RunAsync(query, kinds ?? [], Token);

    private void Fill(string[] agents)
    {
        foreach (var agent in agents)
        {
            _shards[DirectoryAddress.For(agent)].Put(DirectoryAddress.EntryOf(agent), agent, new Registration(["quote"]));
        }
    }
}
