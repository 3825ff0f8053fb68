using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Endpoints;

/// <summary>
/// Takes one message by HTTP, for whoever is not trusted with the gateway: who sends is known before the message leaves,
/// and it cannot name anybody else.
/// </summary>
internal sealed partial class MessageDoor(
    IAgentClient agents, HttpCallers callers, CallerRates rates, CallerKeys keys, ChosenPolicy signatures, IOptions<AgentClientOptions> client, ILogger<MessageDoor> logger)
{
    private static readonly SendOptions Send = new() { Timeout = TimeSpan.FromSeconds(30) };
    private static readonly AgentId Nobody = new("client", "http");

    private readonly MessageLimits _limits = client.Value.Limits;

    public async Task TakeAsync(HttpContext context)
    {
        var aborted = context.RequestAborted;
        try
        {
            var (envelope, refusal) = await AdmitAsync(context, aborted);
            await HttpReceipt.WriteAsync(context, envelope?.Id, envelope is null ? Reply.Refused(refusal!) : await SendAsync(envelope, aborted), aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
    }

    /// <summary>The message as it may be sent, or why it may not. Exactly one is null.</summary>
    private async Task<(Envelope? Envelope, Refusal? Refusal)> AdmitAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (caller, refusal) = await callers.FindAsync(context);
        // One who shows a wrong key is counted too, by address: guessing is slow.
        var from = caller?.Identity?.ToString() ?? $"{context.Connection.RemoteIpAddress}";
        if (rates.FindWait(from, caller?.Rate) is { } wait)
        {
            return (null, new Refusal(HttpCodes.RateLimited, $"{from} sends more than it may; wait, or have its rate raised.") { RetryAfterMs = (int)wait.TotalMilliseconds });
        }

        if (caller is null)
        {
            return (null, refusal);
        }

        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return (null, new Refusal(HttpCodes.UnsupportedMediaType, "A message is sent as application/json."));
        }

        var (body, fault) = await ReadBodyAsync(context, cancellationToken);
        if (body is null)
        {
            return (null, fault);
        }

        var (envelope, problems) = EnvelopeJson.Read(body, _limits, catalogue: null, keys.Current.DefaultKind, caller.Identity ?? Nobody);
        if (envelope is not null && caller.Identity is null && (envelope.Extras?.Signature is not null || !callers.TakesAnonymous))
        {
            envelope.StampOutside();
        }

        return envelope is null ? (null, ReceiptJson.Of(problems!))
            : FindFault(caller, envelope) is { } forbidden ? (null, forbidden)
            : (envelope, null);
    }

    private Refusal? FindFault(HttpCaller caller, Envelope envelope)
    {
        if (caller.Identity is { } identity)
        {
            return envelope.Sender == identity
                ? null
                : new Refusal(HttpCodes.NotYours, $"The message comes from {envelope.Sender}, and the key or token belongs to {identity}; leave the sender out, or name that one.");
        }

        // The gate of its recipient finds out whether the signature holds, as of any message from outside.
        return callers.TakesAnonymous || (signatures.Policy != SignaturePolicy.None && envelope.Extras?.Signature is not null)
            ? null
            : HttpCallers.Unknown;
    }

    private async Task<(byte[]? Body, Refusal? Refusal)> ReadBodyAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var limit = _limits.MessageBytes;
        var large = new Refusal(RefusalCodes.TooLarge, $"The message is larger than {limit} bytes, which is the limit.");
        if (context.Request.ContentLength > limit)
        {
            return (null, large);
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
            return body is null ? (null, large) : (body, null);
        }
        catch (BadHttpRequestException e)
        {
            return (null, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? large : new Refusal(RefusalCodes.MalformedJson, "The request ended before its body did."));
        }
    }

    private async Task<Reply> SendAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        try
        {
            return await agents.SendAsync(envelope, Send, cancellationToken);
        }
        catch (AgentException e)
        {
            return Reply.Failed(new Refusal(e.Code, e.Message));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What the runtime says of itself is for the log.
            LogFailed(logger, envelope.Id.Value, e);
            return Reply.Failed(new Refusal(RefusalCodes.Unreachable, "The message may not have reached its recipient; send it again with the same id to learn."));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message that came by HTTP did not get through: {Message}")]
    private static partial void LogFailed(ILogger logger, Guid message, Exception error);
}
