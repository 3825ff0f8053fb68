using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Endpoints;

/// <summary>
/// Takes one message by HTTP, for whoever is not trusted with the gateway: who sends is known before the message leaves,
/// and it cannot name anybody else.
/// </summary>
internal sealed partial class MessageDoor(
    IAgentClient agents, HttpDoor door, HttpCallers callers, CallerKeys keys, ILogger<MessageDoor> logger, ChosenPolicy? signatures = null)
{
    private static readonly SendOptions Send = new() { Timeout = TimeSpan.FromSeconds(30) };

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
        var (caller, refusal) = await door.FindCallerAsync(context);
        if (caller is null)
        {
            return (null, refusal);
        }

        if (!HttpDoor.IsOf(context, "application/json"))
        {
            return (null, new Refusal(HttpCodes.UnsupportedMediaType, "A message is sent as application/json."));
        }

        var (body, fault) = await HttpDoor.ReadBodyAsync(context, door.Limits.MessageBytes, cancellationToken);
        if (body is null)
        {
            return (null, fault);
        }

        var (envelope, problems) = EnvelopeJson.Read(body, door.Limits, catalogue: null, keys.Current.DefaultKind, caller.Sender);
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
        return callers.TakesAnonymous || (signatures?.Policy != SignaturePolicy.None && envelope.Extras?.Signature is not null)
            ? null
            : HttpCallers.Unknown;
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
