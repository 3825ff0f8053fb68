using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Testing;

namespace OrleansAgents.Tests.Agents;

public sealed class DurableTurnTests(DurableCluster cluster) : IClassFixture<DurableCluster>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turns_WhileACommitIsHeld_RunAheadAndAnswerWhenTheyAreStored()
    {
        var account = cluster.Client.Agent("account/ahead");
        var hold = cluster.Store.HoldCommits("account/ahead");
        var first = account.AskAsync(new Add(1), cancellationToken: Token).AsTask();
        await hold.Reached.Task.WaitAsync(Token);
        var rest = Enumerable.Range(0, 20).Select(_ => account.AskAsync(new Add(1), cancellationToken: Token).AsTask()).ToList();
        var query = account.AskAsync(new Read(), cancellationToken: Token).AsTask();
        await Gates.Entered("account/ahead=21").Task.WaitAsync(Token);
        Assert.DoesNotContain(rest.Append(first), t => t.IsCompleted);
        Assert.False(query.IsCompleted);
        hold.Open();
        Assert.Equal(1, (await first).Value);
        Assert.Equal(21, (await Task.WhenAll(rest)).Max(t => t.Value));
        await query;
        var record = await cluster.Store.LoadAsync("account/ahead", Token);
        Assert.Equal(21, record!.Handled.Count);
        // One write for the first, and one or few for all that ran ahead of it.
        Assert.InRange(record.Etag, 2, 10);
    }

    [Fact]
    public async Task Commit_Fails_TakesBackEveryTurnThatBuiltOnIt()
    {
        var account = cluster.Client.Agent("account/failing");
        await account.AskAsync(new Add(100), cancellationToken: Token);
        var hold = cluster.Store.HoldCommits("account/failing");
        var patience = new SendOptions { Timeout = TimeSpan.FromSeconds(2) };
        var asks = Enumerable.Range(0, 5).Select(_ => account.AskAsync(new Add(1), patience, Token).AsTask()).ToList();
        var query = account.AskAsync(new Read(), patience, Token).AsTask();
        await hold.Reached.Task.WaitAsync(Token);
        hold.Fail();
        foreach (var ask in asks)
        {
            await Assert.ThrowsAnyAsync<AgentException>(() => ask);
        }

        // A query may have been asked again and answered from what is stored, and never from what is not.
        if (await Record.ExceptionAsync(() => query) is null)
        {
            Assert.Equal(100, (await query).Value);
        }

        cluster.Store.HoldCommits("account/failing").Open();
        Assert.Equal(100, (await account.AskAsync(new Read(), cancellationToken: Token)).Value);
        Assert.Equal(101, (await account.AskAsync(new Add(1), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Duplicate_OfATurnNotStoredYet_JoinsItsTwin()
    {
        var account = cluster.Client.Agent("account/twin");
        var hold = cluster.Store.HoldCommits("account/twin");
        var options = new SendOptions { Id = MessageId.New() };
        var first = account.TellAsync(new Add(5), options, Token).AsTask();
        await hold.Reached.Task.WaitAsync(Token);
        var second = account.TellAsync(new Add(5), options, Token).AsTask();
        hold.Open();
        Assert.Equal([Outcome.Accepted, Outcome.Duplicate], (await Task.WhenAll(first, second)).Select(r => r.Outcome).Order());
        Assert.Equal(5, (await account.AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Handler_Throws_GoesBackToTheTurnBeforeThoughThatIsNotStored()
    {
        var account = cluster.Client.Agent("account/back");
        var hold = cluster.Store.HoldCommits("account/back");
        var first = account.AskAsync(new Add(7), cancellationToken: Token).AsTask();
        await hold.Reached.Task.WaitAsync(Token);
        var failing = account.AskAsync(new Add(1000, Fail: true), cancellationToken: Token).AsTask();
        var last = account.AskAsync(new Add(1), cancellationToken: Token).AsTask();
        hold.Open();
        await Assert.ThrowsAsync<AgentFailedException>(() => failing);
        Assert.True((await last).Value <= 8);
        await first;
        Assert.Equal(8, (await account.AskAsync(new Read(), cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task Query_WhileAnAcknowledgementTakesItsTime_DoesNotWaitForIt()
    {
        await using var timed = await AgentTestCluster.StartAsync(options =>
        {
            options.Time = new FakeTimeProvider();
            options.AddAgent<AccountAgent>();
        }, Token);
        var account = timed.Client.Agent("account/telling");
        await account.AskAsync(new TellOn("probe/told", 1), cancellationToken: Token);
        // What it told is acknowledged, and the clock in whose time that is stored stands still.
        await timed.IdleAsync(cancellationToken: Token);
        await account.AskAsync(new Read(), cancellationToken: Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);
    }

    [Fact]
    public async Task Messages_LeftByACrash_AreSentWithoutAnyoneCalling()
    {
        AgentId sender = "account/left", recipient = "listener/after-crash";
        var now = DateTimeOffset.UnixEpoch;
        await cluster.Store.CommitAsync(
            sender,
            new AgentCommit
            {
                Etag = 0,
                Outgoing = [new OutgoingMessage(Envelope.Create(sender, recipient, new Note("left")), now)],
                WakeAt = now,
            },
            Token);
        await Gates.Entered("listener/after-crash=1").Task.WaitAsync(Token);
        Assert.Equal("test.note", Assert.Single(ListenerAgent.Heard["after-crash"]).Type);
    }
}
