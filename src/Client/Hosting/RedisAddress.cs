using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace OrleansAgents.Hosting;

/// <summary>A Redis as a connection string names it. Nothing that it says of itself holds a password.</summary>
internal sealed class RedisAddress
{
    public const string Fault = "It is no connection string of StackExchange.Redis; write one such as 127.0.0.1:6379.";

    private RedisAddress(string connectionString, ConfigurationOptions configuration) =>
        (ConnectionString, Configuration) = (connectionString, configuration);

    /// <summary>What it was read from, password and all.</summary>
    public string ConnectionString { get; }

    public ConfigurationOptions Configuration { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out RedisAddress? server)
    {
        server = null;
        try
        {
            if (ConfigurationOptions.Parse(text) is { EndPoints.Count: > 0 } configuration)
            {
                configuration.SetDefaultPorts();
                server = new RedisAddress(text, configuration);
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // Its message may hold the password.
        }

        return server is not null;
    }

    /// <summary>Connects once, and asks for a sign of life.</summary>
    /// <returns>What is wrong, as the beginning of a sentence; null when nothing is.</returns>
    public async Task<string?> FindFaultAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var once = Configuration.Clone();
        (once.AbortOnConnectFail, once.ConnectRetry, once.ConnectTimeout) = (true, 1, (int)patience.TotalMilliseconds);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(once).WaitAsync(limit.Token);
            await connection.GetDatabase().PingAsync().WaitAsync(limit.Token);
            return null;
        }
        catch (RedisConnectionException e) when (IsRefusal(e))
        {
            return $"Redis at {this} refuses the user or the password";
        }
        catch (RedisServerException e)
        {
            return $"Redis at {this} answers '{e.Message.ReplaceLineEndings(" ")}'";
        }
        catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return $"Redis at {this} does not answer";
        }
    }

    public override string ToString() => string.Join(", ", Configuration.EndPoints.Select(EndPointCollection.ToString));

    private static bool IsRefusal(RedisConnectionException e) =>
        e.FailureType == ConnectionFailureType.AuthenticationFailure
        || e.Message.Contains("NOAUTH", StringComparison.Ordinal)
        || e.Message.Contains("WRONGPASS", StringComparison.Ordinal);
}
