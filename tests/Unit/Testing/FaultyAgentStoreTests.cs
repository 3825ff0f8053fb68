using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Memory;
using OrleansAgents.Testing.Faults;
using OrleansAgents.Testing.Hosting;
using Xunit;

namespace OrleansAgents.Tests.Testing;

public sealed class FaultyAgentStoreTests
{
    private static readonly AgentId Agent = "account/a";
    private readonly MemoryAgentStore _inner = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TestSiloLife _life = new(0);
    private readonly FaultPlan _plan = new(1);
    private readonly TestNetwork _network;
    private readonly FaultyAgentStore _store;

    public FaultyAgentStoreTests()
    {
        _network = new TestNetwork(_plan, _time);
        _store = new FaultyAgentStore(_inner, _network, _life);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commit_FailedBefore_IsNotWritten()
    {
        _plan.Commits().FailBefore(When.Number(2));
        await CommitAsync(0);
        Assert.Contains("seed 1", (await Assert.ThrowsAsync<AgentStoreException>(() => CommitAsync(1))).Message, StringComparison.Ordinal);
        Assert.Equal(1, await EtagAsync());
    }

    [Fact]
    public async Task Commit_FailedAfter_IsWritten()
    {
        _plan.Commits().FailAfter(When.Number(1));
        await Assert.ThrowsAsync<AgentStoreException>(() => CommitAsync(0));
        Assert.Equal(1, await EtagAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_BehindOneThatFailed_IsStaleUntilTheNextLoad(bool before)
    {
        _ = before ? _plan.Commits().FailBefore(When.Number(1)) : _plan.Commits().FailAfter(When.Number(1));
        await Assert.ThrowsAsync<AgentStoreException>(() => CommitAsync(0));
        await Assert.ThrowsAsync<StaleEtagException>(() => CommitAsync(1));
        var etag = (await _store.LoadAsync(Agent, Token))?.Etag ?? 0;
        await CommitAsync(etag);
        Assert.Equal(etag + 1, await EtagAsync());
    }

    [Fact]
    public async Task Commit_Delayed_KeepsThoseBehindItInOrder()
    {
        _plan.Commits().Delay(When.Number(1), TimeSpan.FromSeconds(1));
        var first = CommitAsync(0);
        var second = CommitAsync(1);
        Assert.False(first.IsCompleted || second.IsCompleted);
        Assert.Equal(0, await EtagAsync());
        _time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(first, second);
        Assert.Equal(2, await EtagAsync());
    }

    [Fact]
    public async Task Commit_OfAKilledSilo_IsRefusedAlsoWhenItWasOnItsWay()
    {
        _plan.Commits().Delay(When.Number(1), TimeSpan.FromSeconds(1));
        var onItsWay = CommitAsync(0);
        _life.Kill();
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<AgentStoreException>(() => onItsWay);
        await Assert.ThrowsAsync<AgentStoreException>(() => CommitAsync(0));
        await Assert.ThrowsAsync<AgentStoreException>(async () => await _store.LoadAsync(Agent, Token));
        await Assert.ThrowsAsync<AgentStoreException>(async () => await _store.ReadDueAsync(_time.GetUtcNow(), 1, Token));
        Assert.Equal(0, await EtagAsync());
    }

    [Fact]
    public async Task Commit_OfACrashingAgent_IsRefusedUntilItIsGone()
    {
        _network.BeginCrash(Agent);
        await Assert.ThrowsAsync<AgentStoreException>(() => CommitAsync(0));
        _network.EndCrash(Agent);
        await CommitAsync(0);
    }

    private Task CommitAsync(long etag) => _store.CommitAsync(Agent, new AgentCommit { Etag = etag }, Token).AsTask();

    private async Task<long> EtagAsync() => (await _inner.LoadAsync(Agent, Token))?.Etag ?? 0;
}
