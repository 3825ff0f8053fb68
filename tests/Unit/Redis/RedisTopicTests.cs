using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Redis;
using OrleansAgents.Topics;
using StackExchange.Redis;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Redis;

/// <summary>How long things are kept on Redis, and who hears of them.</summary>
public sealed class RedisTopicTests(RedisFixture redis) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Start);
    private readonly RedisStoreOptions _options = new()
    {
        ConnectionString = redis.Server.ConnectionString, KeyPrefix = RedisFixture.NewPrefix(), Partitions = 2,
    };

    private RedisAgentStore _store = null!;
    private ConnectionMultiplexer _connection = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connection = await ConnectionMultiplexer.ConnectAsync(redis.Server.ConnectionString);
        _store = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _store.CloseAsync();
        await _connection.DisposeAsync();
    }

    [Fact]
    public async Task Events_BeyondTheAge_GoWithTheNextAndPositionsGoOn()
    {
        await AppendAsync("a", 1, 3);
        _time.Advance(_options.Topics.Age + TimeSpan.FromSeconds(2));
        await AppendAsync("a", 4, 1);

        Assert.Equal([4], (await _store.ReadAsync("a", 0, 10, Token)).Select(e => e.Position));
        Assert.Equal(3, await _store.FindAsync("a", Start, Token));
    }

    [Fact]
    public async Task Events_OfATopicAtRest_GoAltogetherAndPositionsGoOn()
    {
        await AppendAsync("a", 1, 3);
        var log = KeyOf("events", new TopicId("a").Agent);
        Assert.InRange((await _connection.GetDatabase().KeyTimeToLiveAsync(log))!.Value, TimeSpan.FromDays(7), TimeSpan.FromDays(7.1));

        // As Redis does when that time is over.
        Assert.True(await _connection.GetDatabase().KeyDeleteAsync(log));
        Assert.Equal(3, await _store.FindAsync("a", Start, Token));
        await AppendAsync("a", 4, 1);
        Assert.Equal([4], (await _store.ReadAsync("a", 0, 10, Token)).Select(e => e.Position));
    }

    [Fact]
    public async Task Events_BeyondTheBytes_GoTopicByTopic()
    {
        _options.Topics.Bytes = 2000;
        await AppendAsync("small", 1, 1);
        for (var position = 1; position <= 200; position++)
        {
            await AppendAsync("large", position, 1);
        }

        Assert.Single(await _store.ReadAsync("small", 0, 100, Token));
        var kept = await _store.ReadAsync("large", 0, 100, Token);
        Assert.Equal(200, kept[^1].Position);
        Assert.InRange(kept.Sum(e => EnvelopeJson.ToBytes(e.Envelope).Length), 1500, 2000);
    }

    [Fact]
    public async Task Events_AtAnotherPositionThanTheNext_AreRefused()
    {
        await AppendAsync("a", 1, 1);
        var fault = await Assert.ThrowsAsync<AgentStoreException>(() => AppendAsync("a", 3, 1));
        Assert.Contains("goes on at position 2", fault.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await _store.LoadAsync(new TopicId("a").Agent, Token))!.Etag);
    }

    [Fact]
    public async Task ReadAll_InAnotherSilo_HearsOfWhatIsAppended()
    {
        await using var other = await OpenAsync();
        var waiting = other.ReadAllAsync(_store.PartitionOf("a"), after: null, 10, Token).AsTask();
        // Its question for the place is answered before what comes now.
        await other.PingAsync(Token);

        await AppendAsync("a", 1, 2);

        Assert.Equal(("a", 1), ((await waiting)[0].Topic.Name, (await waiting)[0].Event.Position));
    }

    [Fact]
    public async Task ReadAll_WhereRetentionWasFaster_GoesOnWithWhatIsKept()
    {
        _options.Topics.Bytes = 1;
        var partition = _store.PartitionOf("a");
        await AppendAsync("a", 1, 3);
        var waiting = _store.ReadAllAsync(partition, 0, 10, Token).AsTask();
        await _store.PingAsync(Token);
        Assert.False(waiting.IsCompleted);

        _options.Topics.Bytes = 10_000;
        await AppendAsync("a", 4, 1);

        var one = Assert.Single(await waiting);
        Assert.Equal((4, 4), (one.Place, one.Event.Position));
    }

    [Fact]
    public async Task Handled_BeyondTheWindow_IsNoLongerInRedis()
    {
        _options.Handled.Count = 10;
        var key = KeyOf("handled", Pricer);
        for (var etag = 0; etag < 20; etag++)
        {
            await _store.CommitAsync(Pricer, new AgentCommit { Etag = etag, Handled = [Handled(MessageId.New(), _time.GetUtcNow())] }, Token);
        }

        Assert.Equal(10, await _connection.GetDatabase().ListLengthAsync(key));
        Assert.InRange((await _connection.GetDatabase().KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(11));

        _time.Advance(TimeSpan.FromMinutes(11));
        await _store.CommitAsync(Pricer, new AgentCommit { Etag = 20, Handled = [Handled(MessageId.New(), _time.GetUtcNow())] }, Token);
        Assert.Equal(1, await _connection.GetDatabase().ListLengthAsync(key));
    }

    private async Task<RedisAgentStore> OpenAsync()
    {
        var store = new RedisAgentStore(_options, _time);
        await store.OpenAsync(Token);
        return store;
    }

    private RedisKey KeyOf(string part, AgentId agent) =>
        $"{{{_options.KeyPrefix}:{new RedisKeys(_options.KeyPrefix, 2).PartitionOf(agent)}}}:{part}:{agent}";

    private async Task AppendAsync(string topic, long first, int count)
    {
        var agent = new TopicId(topic).Agent;
        var etag = (await _store.LoadAsync(agent, Token))?.Etag ?? 0;
        await _store.CommitAsync(
            agent, Events(etag, [.. Enumerable.Range(0, count).Select(i => Event(first + i, _time.GetUtcNow(), """{"n":1}"""))]), Token);
    }
}
