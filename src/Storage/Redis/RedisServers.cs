using System.Globalization;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using StackExchange.Redis;

namespace OrleansAgents.Redis;

/// <summary>The connection to Redis, which mends itself, and what is asked of the servers before it is used.</summary>
internal sealed partial class RedisServers : IAsyncDisposable
{
    private static readonly Version Oldest = new(6, 2);

    private readonly ConnectionMultiplexer _connection;

    private RedisServers(ConnectionMultiplexer connection, string names) => (_connection, Names) = (connection, names);

    /// <summary>The addresses, for people.</summary>
    public string Names { get; }

    public IDatabase Database => _connection.GetDatabase();

    public ISubscriber Subscriber => _connection.GetSubscriber();

    /// <exception cref="AgentStoreException">Redis cannot be used; the message says why and what to do.</exception>
    public static async Task<RedisServers> ConnectAsync(string connectionString, ILogger logger, CancellationToken cancellationToken)
    {
        var configuration = ConfigurationOptions.Parse(connectionString);
        var names = string.Join(", ", configuration.EndPoints.Select(EndPointCollection.ToString));
        configuration.ClientName ??= "OrleansAgents";
        // For INFO alone, which the client counts among the commands of administrators.
        configuration.AllowAdmin = true;
        // Whoever asks while Redis is away learns it at once, and the connection is tried anew four times a second.
        configuration.AbortOnConnectFail = true;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(250);
        configuration.ReconnectRetryPolicy = new LinearRetry(250);
        ConnectionMultiplexer? connection = null;
        try
        {
            connection = await ConnectionMultiplexer.ConnectAsync(configuration).WaitAsync(cancellationToken);
            var servers = new RedisServers(connection, names);
            await servers.CheckAsync(logger);
            return servers;
        }
        catch (Exception e) when (connection is null ? RedisFailure.IsOne(e) : true)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }

            throw RedisFailure.IsOne(e) ? RedisFailure.Translate(e, names) : e;
        }
    }

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();

    private async Task CheckAsync(ILogger logger)
    {
        foreach (var server in _connection.GetServers())
        {
            if (server.IsConnected && !server.IsReplica)
            {
                await CheckAsync(server, logger);
            }
        }
    }

    private async Task CheckAsync(IServer server, ILogger logger)
    {
        if (server.Version < Oldest)
        {
            throw new AgentStoreException($"Redis at {Names} is version {server.Version}; {Oldest} or newer is needed.");
        }

        Dictionary<string, string> facts;
        try
        {
            facts = (await server.InfoAsync()).SelectMany(section => section)
                .GroupBy(fact => fact.Key, StringComparer.Ordinal).ToDictionary(fact => fact.Key, fact => fact.First().Value, StringComparer.Ordinal);
        }
        catch (RedisServerException)
        {
            // Some hosts of Redis tell nobody; then what it is set to is theirs to know.
            return;
        }

        var bounded = facts.TryGetValue("maxmemory", out var memory) && long.Parse(memory, CultureInfo.InvariantCulture) > 0;
        if (bounded && facts.TryGetValue("maxmemory_policy", out var policy) && policy != "noeviction")
        {
            throw new AgentStoreException(
                $"Redis at {Names} throws data away when its memory is full (maxmemory-policy {policy}), and agents with it; set maxmemory-policy to noeviction.");
        }

        if (facts.GetValueOrDefault("aof_enabled") == "0")
        {
            LogNoAppendOnlyFile(logger, Names);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis at {Servers} has no append-only file: agents and topics written since its last snapshot are gone when it restarts; set appendonly yes")]
    private static partial void LogNoAppendOnlyFile(ILogger logger, string servers);
}
