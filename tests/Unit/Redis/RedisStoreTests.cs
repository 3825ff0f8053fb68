using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Redis;
using StackExchange.Redis;
using Xunit;

namespace OrleansAgents.Tests.Redis;

/// <summary>What the store asks of Redis before it uses it.</summary>
public sealed class RedisStoreTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private readonly string _prefix = RedisFixture.NewPrefix();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_WhereNothingListens_FailsInOneSentence()
    {
        var fault = await FailAsync(new() { ConnectionString = "127.0.0.1:1,connectTimeout=500,password=s3cret" });

        Assert.Equal("Redis at 127.0.0.1:1 cannot be reached; check that it runs and that the connection string names it.", fault);
    }

    [Theory]
    [InlineData(",password=wrong-s3cret")]
    [InlineData("")]
    public async Task Open_WithoutTheRightPassword_SaysSoAndKeepsIt(string password)
    {
        await using var server = await RedisServer.StartAsync("right-s3cret");

        var fault = await FailAsync(new() { ConnectionString = $"127.0.0.1:{server.Port}{password}" });

        Assert.Equal($"Redis at 127.0.0.1:{server.Port} does not let this program in; check the user and the password of the connection string.", fault);
    }

    [Fact]
    public async Task Open_WithThePasswordAndADatabase_UsesBoth()
    {
        await using var server = await RedisServer.StartAsync("s3cret");
        await using var store = new RedisAgentStore(new() { ConnectionString = server.ConnectionString + ",defaultDatabase=3", KeyPrefix = _prefix });
        await store.OpenAsync(Token);
        await store.CommitAsync("pricer/eu", new AgentCommit { Etag = 0 }, Token);

        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString);
        Assert.False(await connection.GetDatabase(0).KeyExistsAsync($"{_prefix}:meta"));
        Assert.True(await connection.GetDatabase(3).KeyExistsAsync($"{_prefix}:meta"));
    }

    [Fact]
    public async Task Open_WhereRedisThrowsDataAway_IsRefused()
    {
        await using var server = new RedisServer(password: null) { Arguments = ["--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru"] };
        await server.InitializeAsync();

        var fault = await FailAsync(new() { ConnectionString = server.ConnectionString });

        Assert.EndsWith("(maxmemory-policy volatile-lru), and agents with it; set maxmemory-policy to noeviction.", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yes", 0)]
    [InlineData("no", 1)]
    public async Task Open_WithoutAnAppendOnlyFile_Warns(string appendOnly, int warnings)
    {
        await using var server = new RedisServer(password: null) { Arguments = ["--appendonly", appendOnly] };
        await server.InitializeAsync();
        var log = new FakeLogger<RedisAgentStore>();
        await using var store = new RedisAgentStore(new() { ConnectionString = server.ConnectionString }, logger: log);

        await store.OpenAsync(Token);

        Assert.Equal(warnings, log.Collector.GetSnapshot().Count(l => l.Level == LogLevel.Warning && l.Message.Contains("set appendonly yes", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Open_WithAnotherNumberOfPartitions_IsRefused()
    {
        await using (var first = Store(partitions: 3))
        {
            await first.OpenAsync(Token);
        }

        await using (var silent = Store(partitions: null))
        {
            await silent.OpenAsync(Token);
            Assert.Equal(3, silent.Partitions);
        }

        var fault = await FailAsync(new() { ConnectionString = redis.Server.ConnectionString, KeyPrefix = _prefix, Partitions = 4 });
        Assert.Contains("has 3 partitions, which is fixed", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OfANewerSchema_IsRefused()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Server.ConnectionString);
        await connection.GetDatabase().HashSetAsync($"{_prefix}:meta", "schema", 2);

        var fault = await FailAsync(new() { ConnectionString = redis.Server.ConnectionString, KeyPrefix = _prefix });

        Assert.Contains("(schema 2, this one knows 1)", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "agents", null, "RedisStoreOptions.ConnectionString")]
    [InlineData("127.0.0.1:1,nonsense=1", "agents", null, "RedisStoreOptions.ConnectionString")]
    [InlineData("127.0.0.1:1", "a{b}", null, "RedisStoreOptions.KeyPrefix")]
    [InlineData("127.0.0.1:1", "agents", 0, "RedisStoreOptions.Partitions")]
    public async Task Open_WithASettingThatCannotBe_NamesIt(string connectionString, string prefix, int? partitions, string setting)
    {
        var fault = await FailAsync(new() { ConnectionString = connectionString, KeyPrefix = prefix, Partitions = partitions });

        Assert.StartsWith(setting, fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_OfAClosedStore_Fail()
    {
        var store = Store(partitions: null);
        await Assert.ThrowsAsync<AgentStoreException>(async () => await store.LoadAsync("pricer/eu", Token));
        await store.OpenAsync(Token);
        await store.CloseAsync();

        await Assert.ThrowsAsync<AgentStoreException>(async () => await store.CommitAsync("pricer/eu", new AgentCommit { Etag = 0 }, Token));
    }

    [Fact]
    public async Task Stores_OfOtherPrefixes_DoNotSeeOneAnother()
    {
        await using var one = Store(partitions: null);
        await using var other = new RedisAgentStore(new() { ConnectionString = redis.Server.ConnectionString, KeyPrefix = _prefix + "-other" });
        await one.OpenAsync(Token);
        await other.OpenAsync(Token);

        await one.CommitAsync("pricer/eu", new AgentCommit { Etag = 0, WakeAt = DateTimeOffset.UnixEpoch }, Token);

        Assert.Null(await other.LoadAsync("pricer/eu", Token));
        Assert.Empty(await other.ReadDueAsync(DateTimeOffset.MaxValue, 10, Token));
        Assert.Equal(["pricer/eu"], await one.ReadDueAsync(DateTimeOffset.MaxValue, 10, Token));
    }

    private RedisAgentStore Store(int? partitions) =>
        new(new() { ConnectionString = redis.Server.ConnectionString, KeyPrefix = _prefix, Partitions = partitions });

    private static async Task<string> FailAsync(RedisStoreOptions options)
    {
        await using var store = new RedisAgentStore(options);
        var fault = await Assert.ThrowsAsync<AgentStoreException>(() => store.OpenAsync(Token));
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
        return fault.Message;
    }
}
