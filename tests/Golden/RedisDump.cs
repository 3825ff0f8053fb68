#if REDIS
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansAgents.Redis;
using StackExchange.Redis;

namespace OrleansAgents.Tests.Golden;

/// <summary>What rests in Redis, key by key, as the bytes that a client reads.</summary>
internal static class RedisDump
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task WriteAsync(string redis, string path)
    {
        await using (var store = new RedisAgentStore(new RedisStoreOptions { ConnectionString = redis, KeyPrefix = "golden" }, new StillTime(Messages.Now)))
        {
            await store.OpenAsync();
            await Commits.WriteAsync(store, 0);
            await Commits.WriteAsync(store, 1);
            await store.SaveCheckpointAsync(store.PartitionOf("orders/eu"), 1, CancellationToken.None);
        }

        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis);
        var database = connection.GetDatabase();
        var dump = new JsonObject();
        foreach (var key in connection.GetServers()[0].Keys().Select(k => (string)k!).Order(StringComparer.Ordinal))
        {
            var (type, values) = await ReadAsync(database, key);
            dump[key] = new JsonObject { ["type"] = type, ["values"] = new JsonArray([.. values.Select(v => JsonValue.Create(Convert.ToBase64String((byte[])v!)))]) };
        }

        await File.WriteAllTextAsync(path, dump.ToJsonString(Indented) + "\n");
    }

    /// <summary>The values in the order that the command which writes them takes them in.</summary>
    private static async Task<(string Type, IEnumerable<RedisValue> Values)> ReadAsync(IDatabase database, string key) => await database.KeyTypeAsync(key) switch
    {
        RedisType.Hash => ("hash", (await database.HashGetAllAsync(key)).SelectMany(e => new[] { e.Name, e.Value })),
        RedisType.List => ("list", await database.ListRangeAsync(key)),
        RedisType.SortedSet => ("zset", (await database.SortedSetRangeByRankWithScoresAsync(key)).SelectMany(e => new[] { (RedisValue)e.Score, e.Element })),
        RedisType.Stream => ("stream", (await database.StreamRangeAsync(key)).SelectMany(e => new[] { e.Id, e.Values.Length }.Concat(e.Values.SelectMany(v => new[] { v.Name, v.Value })))),
        RedisType.String => ("string", [await database.StringGetAsync(key)]),
        var other => throw new NotSupportedException($"{key} is a {other}, which no golden file knows yet."),
    };
}
#endif
