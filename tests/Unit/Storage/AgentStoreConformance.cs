using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Storage;

/// <summary>What every store does. Each test has a store of its own.</summary>
public abstract partial class AgentStoreConformance : IAsyncLifetime
{
    protected FakeTimeProvider Time { get; } = new(Start);

    protected HandledWindow Window { get; } = new() { Count = 100, Age = TimeSpan.FromMinutes(10) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IAgentStore Store { get; set; } = null!;

    protected abstract ValueTask<IAgentStore> OpenAsync();

    /// <summary>Closes the store and opens it again where it outlives its process; otherwise the same one.</summary>
    protected abstract ValueTask<IAgentStore> ReopenAsync();

    protected abstract ValueTask CloseAsync();

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Load_OfAnUnknownAgent_GivesNull() => Assert.Null(await Store.LoadAsync(Pricer, Token));

    [Fact]
    public async Task Load_AfterACommit_GivesEverythingOfIt()
    {
        var (handled, sent) = (MessageId.New(), Message("""{"a":"ä"}"""));
        await CommitAsync(new AgentCommit
        {
            Etag = 0,
            State = Json("""{"n":1}"""),
            Handled = [Handled(handled, Start, "\"ok\""), Handled(MessageId.New(), Start)],
            Outgoing = [Outgoing(sent, attempts: 2)],
            Positions = [new TopicPosition("orders/eu", 7)],
            WakeAt = Start.AddTicks(1),
        });

        Store = await ReopenAsync();
        var record = await LoadAsync();

        Assert.Equal((1, """{"n":1}""", Start.AddTicks(1), 0), (record.Etag, Text(record.State), record.WakeAt, record.LastEvent));
        Assert.Equal([handled, record.Handled[1].Id], record.Handled.Select(h => h.Id));
        Assert.Equal(("\"ok\"", null), (Text(record.Handled[0].Reply), Text(record.Handled[1].Reply)));
        Assert.Equal(Start, record.Handled[0].At);
        var outgoing = Assert.Single(record.Outgoing);
        Assert.Equal((Start, Start.AddSeconds(2), 2), (outgoing.Since, outgoing.DueAt, outgoing.Attempts));
        Assert.Equal(EnvelopeJson.ToBytes(sent), EnvelopeJson.ToBytes(outgoing.Envelope));
        Assert.Equal([new TopicPosition("orders/eu", 7)], record.Positions);
    }

    [Fact]
    public async Task Commit_WithoutAState_KeepsTheOneBefore()
    {
        await CommitAsync(new AgentCommit { Etag = 0 });
        Assert.Null((await LoadAsync()).State);

        await CommitAsync(State(1, "1"));
        await CommitAsync(new AgentCommit { Etag = 2 });

        Assert.Equal((3, "1"), await EtagAndStateAsync());
        Store = await ReopenAsync();
        Assert.Equal((3, "1"), await EtagAndStateAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Commit_OfAnotherEtag_IsStaleAndWritesNothing(long etag)
    {
        await CommitAsync(State(0, "0"));
        await CommitAsync(State(1, "1"));

        await Assert.ThrowsAsync<StaleEtagException>(() => CommitAsync(State(etag, "x") with
        {
            Handled = [Handled(MessageId.New(), Start)],
            Outgoing = [Outgoing(Message())],
            Positions = [new TopicPosition("a", 1)],
            Events = [Event(1)],
            WakeAt = Start,
        }));

        var record = await LoadAsync();
        Assert.Equal((2, "1", null), (record.Etag, Text(record.State), record.WakeAt));
        Assert.Empty(record.Handled);
        Assert.Empty(record.Outgoing);
        Assert.Empty(record.Positions);
        Assert.Empty(await Log.ReadAsync("eu", 0, 10, Token));
        Assert.Empty(await Store.ReadDueAsync(DateTimeOffset.MaxValue, 10, Token));
    }

    [Fact]
    public async Task Commit_OfAnUnknownAgentWithAnEtag_IsStale()
    {
        await Assert.ThrowsAsync<StaleEtagException>(() => CommitAsync(State(5, "x")));

        Assert.Null(await Store.LoadAsync(Pricer, Token));
        await CommitAsync(State(0, "0"));
        Assert.Equal((1, "0"), await EtagAndStateAsync());
    }

    [Fact]
    public async Task Commits_HandedInTogether_AreWrittenInOrder()
    {
        var ids = Enumerable.Range(0, 100).Select(_ => MessageId.New()).ToArray();
        var commits = ids.Select((id, i) => Store.CommitAsync(
            Pricer, State(i, $"{i}") with { Handled = [Handled(id, Start, $"{i}")], WakeAt = Start.AddSeconds(i) }, Token)).ToArray();
        foreach (var commit in commits)
        {
            await commit;
        }

        foreach (var reopened in new[] { false, true })
        {
            Store = reopened ? await ReopenAsync() : Store;
            var record = await LoadAsync();
            Assert.Equal((100, "99", Start.AddSeconds(99)), (record.Etag, Text(record.State), record.WakeAt));
            Assert.Equal(ids, record.Handled.Select(h => h.Id));
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), record.Handled.Select(h => Text(h.Reply)));
        }
    }

    [Fact]
    public async Task Commits_BehindAStaleOne_AreStaleToo()
    {
        var first = Store.CommitAsync(Pricer, State(0, "0"), Token);
        var stale = Enumerable.Range(2, 5).Select(etag => Store.CommitAsync(Pricer, State(etag, "x"), Token).AsTask()).ToArray();
        await first;
        foreach (var commit in stale)
        {
            await Assert.ThrowsAsync<StaleEtagException>(() => commit);
        }

        await CommitAsync(State(1, "1"));
        Assert.Equal((2, "1"), await EtagAndStateAsync());
    }

    [Fact]
    public async Task Commits_OfManyAgentsAtOnce_AreAllKept()
    {
        var agents = Enumerable.Range(0, 500).Select(i => new AgentId("pricer", $"a{i}")).ToArray();
        for (var etag = 0; etag < 3; etag++)
        {
            await Task.WhenAll(agents.Select((agent, i) => Store.CommitAsync(agent, State(etag, $"{i}.{etag}"), Token).AsTask()));
        }

        Store = await ReopenAsync();
        for (var i = 0; i < agents.Length; i++)
        {
            var record = await Store.LoadAsync(agents[i], Token);
            Assert.Equal((3, $"{i}.2"), (record!.Etag, Text(record.State)));
        }
    }

    [Fact]
    public async Task Commit_WithACancelledToken_IsNotWritten()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Store.CommitAsync(Pricer, State(0, "x"), new CancellationToken(canceled: true)));

        Assert.Null(await Store.LoadAsync(Pricer, Token));
    }

    private ITopicLog Log => (ITopicLog)Store;

    private async Task CommitAsync(AgentCommit commit) => await Store.CommitAsync(Pricer, commit, Token);

    private async Task<AgentRecord> LoadAsync() => await Store.LoadAsync(Pricer, Token) ?? throw new InvalidOperationException("The agent is gone.");

    private async Task<(long, string?)> EtagAndStateAsync()
    {
        var record = await LoadAsync();
        return (record.Etag, Text(record.State));
    }
}
