using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Tests.Testing;

namespace OrleansAgents.Tests.Blackboard;

public sealed class BlackboardWatchTests : IAsyncLifetime
{
    private const int History = 5;

    private readonly FaultPlan _faults = new(1);
    private AgentTestCluster _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BlackboardHandle Board => _cluster.Client.Blackboard("plan");

    public async ValueTask InitializeAsync()
    {
        _faults.Link("blackboard/*", "topic/*").DropRequest(When.Always);
        _faults.Pause();
        _cluster = await AgentTestCluster.StartAsync(
            options =>
            {
                options.Faults = _faults;
                options.ConfigureAgents(agents => (agents.Delivery.MaxRetries, agents.Delivery.FirstDelay) = (1, TimeSpan.FromMilliseconds(1)))
                    .ConfigureSilo(silo => silo.Services.Configure<BlackboardOptions>(b => b.History = History));
            },
            Token);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Watch_ByALateReader_BeginsWithTheDocumentAndGoesOnWithEveryChange()
    {
        await ChangeAsync(1, 8);
        await using var updates = Board.WatchAsync(Token).GetAsyncEnumerator(Token);
        Assert.Equal((8, null), await NextAsync(updates));
        await ChangeAsync(9, 12);
        for (var version = 9; version <= 12; version++)
        {
            Assert.Equal((version, version), await NextAsync(updates));
            Assert.Equal($$"""{"n":{{version}}}""", updates.Current.Document.GetRawText());
        }
    }

    [Fact]
    public async Task Watch_OfWhatTheTopicLost_GetsItFromTheHistory()
    {
        await using var updates = Board.WatchAsync(Token).GetAsyncEnumerator(Token);
        Assert.Equal((0, null), await NextAsync(updates));
        await LoseAsync(1, History - 1);
        await ChangeAsync(History, History);
        for (var version = 1; version <= History; version++)
        {
            Assert.Equal((version, version), await NextAsync(updates));
        }
    }

    [Fact]
    public async Task Watch_OfWhatTopicAndHistoryLost_SaysThatTheDocumentComesAnew()
    {
        await using var updates = Board.WatchAsync(Token).GetAsyncEnumerator(Token);
        Assert.Equal((0, null), await NextAsync(updates));
        await LoseAsync(1, History + 1);
        await ChangeAsync(History + 2, History + 2);
        Assert.Equal((History + 2, null), await NextAsync(updates));
        await ChangeAsync(History + 3, History + 3);
        Assert.Equal((History + 3, History + 3), await NextAsync(updates));
    }

    [Fact]
    public async Task Watch_OfEventsOfOthers_PassesThemOver()
    {
        await using var updates = Board.WatchAsync(Token).GetAsyncEnumerator(Token);
        Assert.Equal((0, null), await NextAsync(updates));
        var topic = _cluster.Client.Topic("blackboard/plan");
        await topic.PublishAsync(new BlackboardDiff("plan", 0, 1, [], "client/forger", DateTimeOffset.UnixEpoch), cancellationToken: Token);
        await ChangeAsync(1, 1);
        Assert.Equal((1, 1), await NextAsync(updates));
        Assert.Equal("client/test", updates.Current.Diff!.By);
    }

    [Fact]
    public async Task Watch_Cancelled_Ends()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var updates = Board.WatchAsync(ending.Token).GetAsyncEnumerator(Token);
        await NextAsync(updates);
        var next = updates.MoveNextAsync();
        await ending.CancelAsync();
        Assert.False(await next);
    }

    private static async Task<(long Version, long? Change)> NextAsync(IAsyncEnumerator<BlackboardUpdate> updates)
    {
        Assert.True(await updates.MoveNextAsync());
        return (updates.Current.Version, updates.Current.Diff?.Version);
    }

    private async Task ChangeAsync(int first, int last)
    {
        for (var version = first; version <= last; version++)
        {
            Assert.Equal(version, await Board.MergeAsync(JsonElement.Parse($$"""{"n":{{version}}}"""), cancellationToken: Token));
        }
    }

    /// <summary>Changes whose events are given up on: each is tried twice.</summary>
    private async Task LoseAsync(int first, int last)
    {
        _faults.Resume();
        await ChangeAsync(first, last);
        await _faults.WaitAsync((last - first + 1) * 2, Token);
        _faults.Pause();
    }
}
