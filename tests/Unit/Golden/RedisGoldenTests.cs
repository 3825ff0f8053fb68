using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Redis;
using OrleansAgents.Tests.Redis;
using StackExchange.Redis;
using Xunit;
using static OrleansAgents.Tests.Storage.TestCommits;

namespace OrleansAgents.Tests.Golden;

public sealed class RedisGoldenTests : IAsyncLifetime
{
    private const string FileName = "redis.json", Prefix = "golden";

    // Not shared: the keys of a dump have the one prefix that it was written with.
    private readonly RedisServer _server = new();

    public static TheoryData<string> Commits => [.. GoldenFiles.CommitsWith(FileName)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Commits))]
    public async Task Records_OfAnEarlierCommit_AreReadWhole(string commit)
    {
        await LoadAsync(commit);
        await using var store = await OpenAsync();
        await GoldenFiles.CompareAsync(commit, FileName, await StoreListing.ReadAsync(store, Token), Token);
        await store.CommitAsync("pricer/eu", State(2, "4"), Token);
        Assert.Equal("4", Text((await store.LoadAsync("pricer/eu", Token))!.State));
    }

    [Fact]
    public async Task Schema_OfToday_HasAGoldenFile()
    {
        await using (await OpenAsync())
        {
        }

        await using var connection = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
        var today = (string)(await connection.GetDatabase().HashGetAsync($"{Prefix}:meta", "schema"))!;
        Assert.Contains(today, GoldenFiles.CommitsWith(FileName).Select(ReadSchema));
    }

    private static string ReadSchema(string commit)
    {
        using var dump = JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.PathOf(commit, FileName)));
        var values = dump.RootElement.GetProperty($"{Prefix}:meta").GetProperty("values").EnumerateArray().Select(v => System.Text.Encoding.UTF8.GetString(v.GetBytesFromBase64())).ToArray();
        return values[Array.IndexOf(values, "schema") + 1];
    }

    private async Task LoadAsync(string commit)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
        var database = connection.GetDatabase();
        using var dump = JsonDocument.Parse(await File.ReadAllBytesAsync(GoldenFiles.PathOf(commit, FileName), Token));
        foreach (var record in dump.RootElement.EnumerateObject())
        {
            RedisValue[] values = [.. record.Value.GetProperty("values").EnumerateArray().Select(v => (RedisValue)v.GetBytesFromBase64())];
            await WriteAsync(database, record.Name, record.Value.GetProperty("type").GetString()!, values);
        }
    }

    private static async Task WriteAsync(IDatabase database, string key, string type, RedisValue[] values)
    {
        switch (type)
        {
            case "stream":
                for (var at = 0; at < values.Length;)
                {
                    var count = (int)values[at + 1];
                    var fields = values.AsSpan(at + 2, count * 2).ToArray().Chunk(2).Select(f => new NameValueEntry(f[0], f[1])).ToArray();
                    await database.StreamAddAsync(key, fields, values[at]);
                    at += 2 + (count * 2);
                }

                break;
            default:
                var command = type switch { "hash" => "HSET", "list" => "RPUSH", "zset" => "ZADD", _ => "SET" };
                await database.ExecuteAsync(command, [(RedisKey)key, .. values.Cast<object>()]);
                break;
        }
    }

    private async Task<RedisAgentStore> OpenAsync()
    {
        var store = new RedisAgentStore(new() { ConnectionString = _server.ConnectionString, KeyPrefix = Prefix }, new FakeTimeProvider(Start));
        await store.OpenAsync(Token);
        return store;
    }
}
