using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Redis;
using StackExchange.Redis;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Redis;

/// <summary>A server that goes away, and what becomes of commits.</summary>
public sealed class RedisOutageTests : IAsyncLifetime
{
    private readonly RedisServer _server = new();
    private RedisAgentStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        _store = new RedisAgentStore(new() { ConnectionString = _server.ConnectionString + ",asyncTimeout=1000" });
        await _store.OpenAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.CloseAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Commit_WhileRedisIsAway_FailsInOneSentenceAndWorksAgainWithoutAWord()
    {
        await CommitAsync(0);
        await _server.StopAsync();

        var fault = await Assert.ThrowsAnyAsync<AgentStoreException>(() => CommitAsync(1));
        Assert.StartsWith($"Redis at 127.0.0.1:{_server.Port} ", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<AgentStoreException>(async () => await _store.LoadAsync(Pricer, Token));
        await Assert.ThrowsAnyAsync<AgentStoreException>(async () => await _store.ReadDueAsync(Start, 10, Token));
        await Assert.ThrowsAnyAsync<AgentStoreException>(async () => await _store.PingAsync(Token));

        await _server.StartAgainAsync();
        await UntilItAnswersAsync();
        var etag = (await _store.LoadAsync(Pricer, Token))!.Etag;
        await CommitAsync(etag);
        Assert.Equal(etag + 1, (await _store.LoadAsync(Pricer, Token))!.Etag);
    }

    [Fact]
    public async Task Commits_WhileRedisIsKilledAndStarted_KeepAllThatWasAcknowledged()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var written = 0;
        var more = new SemaphoreSlim(0);
        var writers = Enumerable.Range(0, 8).Select(i => WriteAsync(new AgentId("pricer", $"{i}"), () =>
        {
            Interlocked.Increment(ref written);
            more.Release();
        }, end.Token)).ToArray();
        for (var kill = 0; kill < 3; kill++)
        {
            for (var i = 0; i < 200; i++)
            {
                await more.WaitAsync(Token);
            }

            await _server.KillAsync();
            await _server.StartAgainAsync();
        }

        await UntilItAnswersAsync();
        await end.CancelAsync();
        var acknowledged = await Task.WhenAll(writers);
        Assert.True(written >= 600);
        for (var i = 0; i < writers.Length; i++)
        {
            var kept = (await _store.LoadAsync(new AgentId("pricer", $"{i}"), Token))!;
            Assert.Empty(acknowledged[i].Except(kept.Handled.Select(h => h.Id)));
            Assert.Equal(kept.Etag, kept.Handled.Select(h => h.Id).Distinct().Count());
        }
    }

    [Fact]
    public async Task Commit_WithoutMemoryLeft_IsRefusedWholeAndWorksAgain()
    {
        await CommitAsync(0);
        await SetAsync("maxmemory", "1");

        var fault = await Assert.ThrowsAnyAsync<AgentStoreException>(() => CommitAsync(1));
        Assert.Contains("has no memory left", fault.Message, StringComparison.Ordinal);
        var kept = (await _store.LoadAsync(Pricer, Token))!;
        Assert.Equal((1, 1, 1), (kept.Etag, kept.Handled.Count, kept.Outgoing.Count));

        await SetAsync("maxmemory", "0");
        await CommitAsync(1);
        Assert.Equal(2, (await _store.LoadAsync(Pricer, Token))!.Etag);
    }

    [Fact]
    public async Task Commit_ThatRedisAnswersTooLate_IsOfUnknownOutcomeUntilTheNextLoad()
    {
        await CommitAsync(0);
        _server.Freeze();
        try
        {
            var fault = await Assert.ThrowsAnyAsync<AgentStoreException>(() => CommitAsync(1));
            Assert.Contains("did not answer in time", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            _server.Thaw();
        }

        await UntilItAnswersAsync();
        // It was on its way, so whoever believes that it failed is stopped by the etag.
        Assert.Equal(2, (await _store.LoadAsync(Pricer, Token))!.Etag);
        await Assert.ThrowsAsync<StaleEtagException>(() => CommitAsync(1));
    }

    private async Task<List<MessageId>> WriteAsync(AgentId agent, Action written, CancellationToken stop)
    {
        var acknowledged = new List<MessageId>();
        long? etag = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                etag ??= (await _store.LoadAsync(agent, Token))?.Etag ?? 0;
                var id = MessageId.New();
                await _store.CommitAsync(agent, new AgentCommit { Etag = etag.Value, Handled = [Handled(id, DateTimeOffset.MaxValue)] }, Token);
                (etag, _) = (etag + 1, 0);
                acknowledged.Add(id);
                written();
            }
            catch (AgentStoreException)
            {
                etag = null;
                await PauseAsync();
            }
        }

        return acknowledged;
    }

    private async Task CommitAsync(long etag) => await _store.CommitAsync(
        Pricer,
        new AgentCommit { Etag = etag, State = Json("1"), Handled = [Handled(MessageId.New(), DateTimeOffset.MaxValue)], Outgoing = [Outgoing(Message())], WakeAt = Start },
        Token);

    private async Task UntilItAnswersAsync()
    {
        while (true)
        {
            try
            {
                await _store.PingAsync(Token);
                return;
            }
            catch (AgentStoreException)
            {
                await PauseAsync();
            }
        }
    }

    // Refused at once and asking again at once, they would leave no thread for what mends the connection.
    private static Task PauseAsync() => Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);

    private async Task SetAsync(string name, string value)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString + ",allowAdmin=true");
        await connection.GetServers()[0].ConfigSetAsync(name, value);
    }
}
