using OrleansAgents.Agents;
using StackExchange.Redis;

namespace OrleansAgents.Redis;

/// <summary>Says in one sentence what Redis or the way to it failed of. It never holds a password.</summary>
internal static class RedisFailure
{
    public static bool IsOne(Exception e) => e is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException
        // What the connection itself died of sometimes comes as it is.
        or IOException or System.Net.Sockets.SocketException;

    public static AgentStoreException Translate(Exception e, string servers) => new(e switch
    {
        RedisServerException server when Begins(server, "OOM") =>
            $"Redis at {servers} has no memory left, so nothing was written; raise its maxmemory, and commits work again.",
        RedisServerException server when Begins(server, "MISCONF") =>
            $"Redis at {servers} cannot write its files and refuses commits; free its disk, and commits work again.",
        RedisServerException server when Begins(server, "READONLY") =>
            $"Redis at {servers} is a replica and takes no commits; name its primary, or wait until one is chosen.",
        RedisServerException server when Begins(server, "LOADING") =>
            $"Redis at {servers} is reading its files after a start; it answers when it is done.",
        RedisServerException server when Begins(server, "CLUSTERDOWN") =>
            $"The Redis Cluster at {servers} has lost part of its servers and refuses commits.",
        RedisServerException server when Begins(server, "NOAUTH") || Begins(server, "WRONGPASS") || Begins(server, "NOPERM") =>
            $"Redis at {servers} does not let this program in; check the user and the password of the connection string.",
        RedisServerException server => $"Redis at {servers} refused a command: {server.Message}",
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } =>
            $"Redis at {servers} does not let this program in; check the user and the password of the connection string.",
        RedisCommandException command => $"Redis at {servers} was not asked, because the client refused the command: {command.Message}",
        TimeoutException => $"Redis at {servers} did not answer in time; check that it runs and is not overloaded.",
        ObjectDisposedException => "The store is closed.",
        _ => $"Redis at {servers} cannot be reached; check that it runs and that the connection string names it.",
    }, e);

    private static bool Begins(RedisServerException e, string code) => e.Message.StartsWith(code, StringComparison.Ordinal);
}
