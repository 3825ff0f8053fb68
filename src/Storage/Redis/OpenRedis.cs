using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using StackExchange.Redis;

namespace OrleansAgents.Redis;

/// <summary>The store between its opening and its closing.</summary>
internal sealed class OpenRedis : IAsyncDisposable
{
    private const int Schema = 1;
    private const int DefaultPartitions = 16;

    private OpenRedis(RedisServers servers, RedisKeys keys, RedisStoreOptions options, TimeProvider time, ContractCatalogue? catalogue)
    {
        (Servers, Keys) = (servers, keys);
        Commit = new RedisCommit(keys, options, time);
        Topics = new RedisTopics(servers, keys, catalogue);
    }

    public RedisServers Servers { get; }

    public RedisKeys Keys { get; }

    public RedisCommit Commit { get; }

    public RedisTopics Topics { get; }

    /// <exception cref="AgentStoreException">Redis cannot be used; the message says why and what to do.</exception>
    public static async Task<OpenRedis> OpenAsync(
        RedisStoreOptions options, TimeProvider time, ContractCatalogue? catalogue, ILogger logger, CancellationToken cancellationToken)
    {
        var servers = await RedisServers.ConnectAsync(options.ConnectionString, logger, cancellationToken);
        try
        {
            var partitions = await ReadPartitionsAsync(servers, options);
            return new OpenRedis(servers, new RedisKeys(options.KeyPrefix, partitions), options, time, catalogue);
        }
        catch (Exception e)
        {
            await servers.DisposeAsync();
            throw RedisFailure.IsOne(e) ? RedisFailure.Translate(e, servers.Names) : e;
        }
    }

    /// <summary>Waits for an answer. What Redis fails of is told in the store's words.</summary>
    public async ValueTask<T> AskAsync<T>(Task<T> asked, CancellationToken cancellationToken)
    {
        try
        {
            return await asked.WaitAsync(cancellationToken);
        }
        catch (Exception e) when (RedisFailure.IsOne(e) || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Cancelled by none of ours: the connection was closed under it.
            throw RedisFailure.Translate(e, Servers.Names);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Topics.Close();
        await Servers.DisposeAsync();
    }

    private static async Task<int> ReadPartitionsAsync(RedisServers servers, RedisStoreOptions options)
    {
        var (database, meta) = (servers.Database, RedisKeys.Meta(options.KeyPrefix));
        // Whoever comes first fixes them, and of two that come at once only one does.
        await database.HashSetAsync(meta, "schema", Schema, When.NotExists);
        await database.HashSetAsync(meta, "partitions", options.Partitions ?? DefaultPartitions, When.NotExists);
        var (schema, partitions) = ((int)await database.HashGetAsync(meta, "schema"), (int)await database.HashGetAsync(meta, "partitions"));
        if (schema != Schema)
        {
            throw new AgentStoreException(
                $"What '{options.KeyPrefix}' names in Redis at {servers.Names} was written by another version of this program (schema {schema}, this one knows {Schema}); start that version, or set another KeyPrefix.");
        }

        return options.Partitions is not { } wanted || wanted == partitions
            ? partitions
            : throw new AgentStoreException(
                $"What '{options.KeyPrefix}' names in Redis at {servers.Names} has {partitions} partitions, which is fixed; set Partitions to {partitions} or leave it out, or set another KeyPrefix.");
    }
}
