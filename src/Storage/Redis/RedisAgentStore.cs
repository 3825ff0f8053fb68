using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Formats;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using StackExchange.Redis;

namespace OrleansAgents.Redis;

/// <summary>
/// Keeps the agents and topics of many silos on a Redis server or a Redis Cluster. A commit is one script on one hash slot.
/// What was acknowledged survives what Redis itself survives: a restart with <c>appendonly yes</c>, and with
/// <c>appendfsync always</c> also its being killed and a power loss; with <c>everysec</c> those may take the last two seconds. The connection mends itself. While Redis is away calls fail at once, and when it
/// does not answer after the connection string's <c>asyncTimeout</c>, 5 seconds unless told.
/// </summary>
/// <param name="options">The settings.</param>
/// <param name="time">The clock for ages; null for the system's.</param>
/// <param name="catalogue">Where the contracts of stored messages are found; null leaves them without their records.</param>
/// <param name="logger">Where it reports; null for nowhere.</param>
public sealed class RedisAgentStore(
    RedisStoreOptions options, TimeProvider? time = null, ContractCatalogue? catalogue = null, ILogger<RedisAgentStore>? logger = null)
    : IAgentStore, ITopicLog, IAgentStoreHealth, IAsyncDisposable
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ILogger _logger = logger ?? NullLogger<RedisAgentStore>.Instance;
    private OpenRedis? _open;

    /// <inheritdoc/>
    public int Partitions => Opened.Keys.Partitions;

    /// <summary>Connects to Redis and checks what it is set to. Does nothing when it is open.</summary>
    /// <exception cref="AgentStoreException">Redis cannot be used; the message says why and what to do.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken = default)
    {
        if (RedisOptionsValidation.FindFaults(options).FirstOrDefault() is { } fault)
        {
            throw new AgentStoreException(fault);
        }

        _open ??= await OpenRedis.OpenAsync(options, _time, catalogue, _logger, cancellationToken);
    }

    /// <summary>Ends the connection. Calls after that fail, and what was not answered yet is of unknown outcome.</summary>
    public async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _open, null) is { } open)
        {
            await open.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask PingAsync(CancellationToken cancellationToken)
    {
        var open = Opened;
        await open.AskAsync(open.Servers.Database.PingAsync(), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken)
    {
        var open = Opened;
        RedisKey[] keys = [open.Keys.Agent(agent), open.Keys.Handled(agent), open.Keys.Outgoing(agent)];
        var result = await open.AskAsync(open.Servers.Database.ScriptEvaluateAsync(RedisScripts.Load, keys), cancellationToken);
        try
        {
            return result.IsNull ? null : RedisRecord.Read(result, options.Handled, _time.GetUtcNow(), catalogue);
        }
        catch (InvalidDataException e)
        {
            throw new AgentStoreException($"{agent} cannot be read from Redis at {open.Servers.Names}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A commit that was handed in is no longer cancelled: others may build on it.</remarks>
    public ValueTask CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        var open = Opened;
        RedisValue[] arguments;
        try
        {
            arguments = open.Commit.Arguments(agent, commit);
        }
        catch (Exception e)
        {
            return ValueTask.FromException(new AgentStoreException($"A commit of {agent} cannot be written as bytes: {e.Message}", e));
        }

        // Sent before the first await: commits leave in the order of the calls, on one connection.
        return WriteAsync(open, agent, commit.Etag, open.Servers.Database.ScriptEvaluateAsync(RedisScripts.Commit, open.Commit.Keys(agent, commit), arguments));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken)
    {
        var open = Opened;
        // Rounded down, as the index is rounded up.
        var (database, score) = (open.Servers.Database, (double)(until.UtcTicks / TimeSpan.TicksPerMillisecond));
        var reads = Enumerable.Range(0, open.Keys.Partitions)
            .Select(partition => database.SortedSetRangeByScoreWithScoresAsync(open.Keys.Wake(partition), stop: score, take: limit));
        var due = await open.AskAsync(Task.WhenAll(reads), cancellationToken);
        return [.. due.SelectMany(one => one).OrderBy(one => one.Score).Take(limit).Select(one => AgentId.Parse((string)one.Element!))];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(AgentId agent, long after, int limit, CancellationToken cancellationToken)
    {
        var open = Opened;
        // The first entry stands at index 0, and none is ever removed.
        var entries = await open.AskAsync(open.Servers.Database.ListRangeAsync(open.Keys.Audit(agent), after, after + limit - 1), cancellationToken);
        try
        {
            return Array.ConvertAll(entries, entry => AuditJson.Read((ReadOnlyMemory<byte>)entry));
        }
        catch (InvalidDataException e)
        {
            throw new AgentStoreException($"The audit log of {agent} cannot be read from Redis at {open.Servers.Names}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public int PartitionOf(TopicId topic) => Opened.Keys.PartitionOf(topic);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TopicEvent>> ReadAsync(TopicId topic, long after, int limit, CancellationToken cancellationToken)
    {
        var open = Opened;
        return open.AskAsync(open.Topics.ReadAsync(topic, after, limit), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<long> FindAsync(TopicId topic, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var open = Opened;
        return open.AskAsync(open.Topics.FindAsync(topic, at), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LoggedEvent>> ReadAllAsync(int partition, long? after, int limit, CancellationToken cancellationToken)
    {
        var open = Opened;
        return open.AskAsync(open.Topics.ReadAllAsync(partition, after, limit, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<long> LoadCheckpointAsync(int partition, CancellationToken cancellationToken)
    {
        var open = Opened;
        return open.AskAsync(open.Topics.LoadCheckpointAsync(partition), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask SaveCheckpointAsync(int partition, long place, CancellationToken cancellationToken)
    {
        var open = Opened;
        await open.AskAsync(open.Topics.SaveCheckpointAsync(partition, place), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync();

    private OpenRedis Opened => _open ?? throw new AgentStoreException("The store is not open: it was closed, or never opened.");

    private static async ValueTask WriteAsync(OpenRedis open, AgentId agent, long etag, Task<RedisResult> asked)
    {
        var answer = (string)(await open.AskAsync(asked, CancellationToken.None))!;
        if (answer == "STALE")
        {
            throw new StaleEtagException(agent, etag);
        }

        if (answer.StartsWith("GAP ", StringComparison.Ordinal))
        {
            throw new AgentStoreException($"The topic '{agent.Key}' goes on at position {answer[4..]}; no other agent may append to it.");
        }

        if (answer.StartsWith("ORDER ", StringComparison.Ordinal))
        {
            throw AuditOrder.Refuse(agent, answer[6..]);
        }
    }
}
