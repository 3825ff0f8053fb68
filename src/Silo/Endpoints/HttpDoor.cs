using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>
/// The door that every request from a caller comes by: who it is, whether it comes too often, and what it brings. A
/// refusal is answered as a problem.
/// </summary>
internal sealed partial class HttpDoor(HttpCallers callers, CallerRates rates, IOptions<AgentClientOptions> client, ILogger<HttpDoor> logger)
{
    /// <summary>How large messages may be.</summary>
    public MessageLimits Limits { get; } = client.Value.Limits;

    /// <summary>Whether a request is of a media type, whatever its parameters.</summary>
    public static bool IsOf(HttpContext context, string mediaType) =>
        string.Equals(context.Request.ContentType, mediaType, StringComparison.OrdinalIgnoreCase)
        || (MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase));

    /// <summary>The whole body, or why it is not taken. Exactly one is null.</summary>
    public static async ValueTask<(byte[]? Body, Refusal? Refusal)> ReadBodyAsync(HttpContext context, int limit, CancellationToken cancellationToken)
    {
        if (context.Request.ContentLength > limit)
        {
            return (null, TooLarge(limit));
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // The count below is the one that answers; the server's stands behind it.
            size.MaxRequestBodySize = limit + 1L;
        }

        try
        {
            var reader = context.Request.BodyReader;
            var read = await reader.ReadAtLeastAsync(limit + 1, cancellationToken);
            var body = read.Buffer.Length > limit ? null : read.Buffer.ToArray();
            reader.AdvanceTo(read.Buffer.End);
            return body is null ? (null, TooLarge(limit)) : (body, null);
        }
        catch (BadHttpRequestException e)
        {
            return (null, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge(limit) : new Refusal(RefusalCodes.MalformedJson, "The request ended before its body did."));
        }
    }

    /// <summary>The caller, counted, or why it is not let in. Exactly one is null. It may be nobody in particular.</summary>
    public async ValueTask<(HttpCaller? Caller, Refusal? Refusal)> FindCallerAsync(HttpContext context)
    {
        var (caller, refusal) = await callers.FindAsync(context);
        // One who shows a wrong key is counted too, by address: guessing is slow.
        var from = NameOf(caller, context);
        return rates.FindWait(from, caller?.Rate) is { } wait ? (null, TooFast(from, wait)) : (caller, refusal);
    }

    /// <summary>Counts the messages that a request brings beside its first.</summary>
    /// <exception cref="AgentRefusedException">They are more than the caller may send, now or ever at once.</exception>
    public void CountMore(HttpContext context, HttpCaller caller, int messages)
    {
        if (messages < 1)
        {
            return;
        }

        var (from, burst) = (NameOf(caller, context), rates.RateOf(caller.Rate).Burst);
        if (messages >= burst)
        {
            throw new AgentRefusedException(RefusalCodes.TooLarge, $"{from} may send {burst} messages at once, and the request holds {messages + 1}; send fewer, or have its rate raised.");
        }

        if (rates.FindWait(from, caller.Rate, messages) is { } wait)
        {
            throw new AgentRefusedException(TooFast(from, wait));
        }
    }

    /// <summary>Serves a request of a caller that has a name, or needs none; whatever it is refused for is written as a problem.</summary>
    public async Task RunAsync(HttpContext context, Func<HttpCaller, CancellationToken, Task> serve)
    {
        var aborted = context.RequestAborted;
        try
        {
            var (caller, refusal) = await FindCallerAsync(context);
            refusal ??= caller!.Identity is null && !callers.TakesAnonymous ? HttpCallers.Unknown : null;
            await (refusal is null ? serve(caller!, aborted) : HttpProblem.WriteAsync(context, refusal, aborted));
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await HttpProblem.WriteAsync(context, Explain(context, e), aborted, e is AgentFailedException ? Outcome.Failed : Outcome.Refused);
        }
    }

    /// <summary>What may be told of an exception: of one that is not ours, what to do about it and no more.</summary>
    public Refusal Explain(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case AgentRefusedException refused:
                return refused.Refusal;
            case AgentFailedException failed:
                return failed.Failure;
            case AgentException e:
                return new Refusal(e.Code, e.Message);
            default:
                LogFailed(logger, context.Request.Method, context.GetEndpoint()?.DisplayName, exception);
                return new Refusal(HttpCodes.Internal, "The request could not be served; the silo's log has the details.");
        }
    }

    private static string NameOf(HttpCaller? caller, HttpContext context) => caller?.Identity?.ToString() ?? $"{context.Connection.RemoteIpAddress}";

    private static Refusal TooLarge(int limit) => new(RefusalCodes.TooLarge, $"The message is larger than {limit} bytes, which is the limit.");

    private static Refusal TooFast(string from, TimeSpan wait) =>
        new(HttpCodes.RateLimited, $"{from} sends more than it may; wait, or have its rate raised.") { RetryAfterMs = (int)wait.TotalMilliseconds };

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request that came by HTTP could not be served: {Method} {Endpoint}")]
    private static partial void LogFailed(ILogger logger, string method, string? endpoint, Exception error);
}
