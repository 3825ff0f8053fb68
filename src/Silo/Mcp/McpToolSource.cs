using System.Net;
using System.Text.Json;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;

namespace OrleansAgents.Mcp;

/// <summary>
/// The tools of an MCP server elsewhere. It is connected to when its tools are first asked for; when it is gone it is tried
/// again with growing pauses, and meanwhile said to be gone.
/// </summary>
internal sealed partial class McpToolSource(string name, ToolServerOptions options, TimeProvider time, ILogger<McpToolSource> logger) : IToolSource, IAsyncDisposable
{
    private const int LongestReason = 500;

    private static readonly TimeSpan ListAge = TimeSpan.FromMinutes(5), ShortestAge = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromMinutes(1), ClosePatience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1, 1);
    private Known? _known;
    private McpConnection? _connection;
    private int _failures;
    private (DateTimeOffset NotBefore, Refusal Why) _away;

    public string Name => name;

    public async ValueTask<IReadOnlyList<AIFunction>> ListAsync(CancellationToken cancellationToken)
    {
        if (FindFresh() is { } known)
        {
            return known;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            // Another may have read it meanwhile.
            return FindFresh() ?? await TryAsync(LearnAsync, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Calls a tool, and says what it gave.</summary>
    /// <exception cref="AgentRefusedException">It says that it failed, or there is no answer; the code and the sentence say why.</exception>
    public async Task<string> CallAsync(string tool, IDictionary<string, JsonElement> arguments, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(cancellationToken);
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await connection.CallAsync(tool, arguments, either.Token);
            var answer = McpAnswer.Write(result);
            return result.IsError == true ? throw new AgentRefusedException(ToolCodes.Failed, answer) : answer;
        }
        catch (McpProtocolException e)
        {
            throw new AgentRefusedException(ToolCodes.Failed, $"{name} does not take the call: {PlainText.Show(e.Message, LongestReason)}");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new AgentRefusedException(ToolCodes.TooSlow, $"{name} did not answer within {options.Timeout}; what became of the call is not known.");
        }
        catch (Exception e) when (e is not (OperationCanceledException or AgentRefusedException))
        {
            Drop(connection);
            var refusal = Explain(e, connection);
            LogLost(logger, name, refusal.Message);
            throw new AgentRefusedException(refusal with { Message = $"{refusal.Message} What became of the call is not known." });
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await CloseAsync(connection);
        }

        _one.Dispose();
    }

    private IReadOnlyList<AIFunction>? FindFresh() =>
        Volatile.Read(ref _known) is { } known && known.Connection == Volatile.Read(ref _connection) && !known.Connection.HasChanged && time.GetUtcNow() < known.Until ? known.Tools : null;

    private async Task<McpConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _connection) is { } connected)
        {
            return connected;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            return Volatile.Read(ref _connection) ?? await TryAsync(OpenAsync, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Does something that needs the server, unless it was gone a moment ago.</summary>
    private async Task<TResult> TryAsync<TResult>(Func<CancellationToken, Task<TResult>> tryAsync, CancellationToken cancellationToken)
    {
        if (_failures > 0 && _away.NotBefore - time.GetUtcNow() is var pause && pause > TimeSpan.Zero)
        {
            throw new AgentRefusedException(_away.Why with { RetryAfterMs = (int)Math.Ceiling(pause.TotalMilliseconds) });
        }

        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await tryAsync(either.Token).WaitAsync(either.Token);
            _failures = 0;
            return result;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var connection = Volatile.Read(ref _connection);
            var why = limit.IsCancellationRequested ? new Refusal(ToolCodes.TooSlow, $"{name} did not answer within {options.Timeout}.") : Explain(e, connection);
            var next = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(_failures++, 10), LongestPause.Ticks));
            _away = (time.GetUtcNow() + next, why);
            LogAway(logger, name, why.Message, next);
            Drop(connection);
            throw new AgentRefusedException(why with { RetryAfterMs = (int)next.TotalMilliseconds });
        }
    }

    private async Task<McpConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await McpConnection.OpenAsync(name, options, cancellationToken);
        Volatile.Write(ref _connection, connection);
        return connection;
    }

    private async Task<IReadOnlyList<AIFunction>> LearnAsync(CancellationToken cancellationToken)
    {
        var connection = Volatile.Read(ref _connection) ?? await OpenAsync(cancellationToken);
        var (listed, fresh) = await connection.ListAsync(cancellationToken);
        var (tools, leftOut) = McpRemoteTool.Take(this, options, listed, McpConnection.MaxTools);
        if (leftOut > 0)
        {
            LogLeftOut(logger, name, leftOut);
        }

        var age = fresh is { } told && told < ListAge ? (told > ShortestAge ? told : ShortestAge) : ListAge;
        Volatile.Write(ref _known, new Known(tools, connection, time.GetUtcNow() + age));
        return tools;
    }

    private void Drop(McpConnection? connection)
    {
        // Only by one of those that used it; and nobody waits for a server to say farewell.
        if (connection is not null && Interlocked.CompareExchange(ref _connection, null, connection) == connection)
        {
            _ = CloseAsync(connection);
        }
    }

    /// <summary>A sentence of ours: what an answer of a stranger holds, and may repeat of a key, is not told.</summary>
    private Refusal Explain(Exception error, McpConnection? connection) => error switch
    {
        UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException => new(ToolCodes.NotAuthorised, $"The file with the key for {name} cannot be read."),
        HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } => new(ToolCodes.NotAuthorised, $"{name} does not accept the key."),
        _ when connection?.SendsTooMuch == true => new(ToolCodes.TooLarge, $"{name} sends more than {McpConnection.MaxBytes} bytes at once."),
        HttpRequestException { StatusCode: { } status } => new(ToolCodes.Unavailable, $"{name} failed ({(int)status})."),
        HttpRequestException e => new(ToolCodes.Unavailable, $"{name} cannot be reached ({e.HttpRequestError})."),
        JsonException or McpProtocolException => new(ToolCodes.Unavailable, $"{name} does not keep to the protocol."),
        _ => new(ToolCodes.Unavailable, $"{name} broke the connection off."),
    };

    private async Task CloseAsync(McpConnection connection)
    {
        try
        {
            using var limit = new CancellationTokenSource(ClosePatience, time);
            await connection.DisposeAsync().AsTask().WaitAsync(limit.Token);
        }
        catch (Exception e)
        {
            LogNotClosed(logger, name, e);
        }
    }

    private sealed record Known(IReadOnlyList<AIFunction> Tools, McpConnection Connection, DateTimeOffset Until);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The MCP server {Server} cannot be used now: {Reason} It is tried again after {Pause}")]
    private static partial void LogAway(ILogger logger, string server, string reason, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection to the MCP server {Server} was lost in a call: {Reason}")]
    private static partial void LogLost(ILogger logger, string server, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The MCP server {Server} lists {Count} tools that are not offered: they have no name of their own, are too large, or are too many")]
    private static partial void LogLeftOut(ILogger logger, string server, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A connection to the MCP server {Server} could not be closed as it should")]
    private static partial void LogNotClosed(ILogger logger, string server, Exception error);
}

/// <summary>Why a tool of a server elsewhere gives nothing.</summary>
internal static class ToolCodes
{
    /// <summary>The tool, or its server, says that the call failed.</summary>
    public const string Failed = "tool.failed";

    /// <summary>The server cannot be reached, or broke off.</summary>
    public const string Unavailable = "tool.unavailable";

    /// <summary>The server does not accept the key.</summary>
    public const string NotAuthorised = "tool.not-authorised";

    /// <summary>The server did not answer in time.</summary>
    public const string TooSlow = "tool.too-slow";

    /// <summary>The server sends more than is taken.</summary>
    public const string TooLarge = "tool.too-large";
}
