using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>What every message passes before a turn, however it came. Pure: values in, a refusal or null out.</summary>
internal static class Gate
{
    /// <summary>Whether the message came to the agent it is for; checked first, before that agent even loads its state.</summary>
    public static Refusal? AdmitRecipient(Envelope envelope, AgentId self) => envelope.Recipient == self
        ? null
        : new Refusal(RefusalCodes.WrongRecipient, $"The message is for '{envelope.Recipient}' and came to '{self}'.");

    public static Refusal? Admit(Envelope envelope, MessageLimits limits, HandlerTable handlers, long nowTicks, out Handler? handler)
    {
        handler = null;
        if (envelope.HasJson && envelope.PayloadJson.Length > limits.PayloadBytes && !handlers.TakesWholeMessages)
        {
            return new Refusal(RefusalCodes.TooLarge, $"The payload holds {envelope.PayloadJson.Length} bytes; {limits.PayloadBytes} is the limit.");
        }

        if (envelope.Extras is { } extras && (AdmitHeaders(extras, limits) ?? AdmitHops(extras, limits) ?? AdmitConversation(extras, limits)) is { } refusal)
        {
            return refusal;
        }

        if (envelope.Deadline != 0 && envelope.Deadline <= nowTicks)
        {
            return new Refusal(RefusalCodes.Expired, $"The message expired at {envelope.ExpiresAt:O}.");
        }

        handler = handlers.Find(envelope.Contract);
        return handler is null ? handlers.Refuse(envelope.Contract) : null;
    }

    private static Refusal? AdmitHops(EnvelopeExtras extras, MessageLimits limits) => extras.Hops.Count <= limits.Hops
        ? null
        : new Refusal(RefusalCodes.TooManyHops, $"The message passed {extras.Hops.Count} agents; {limits.Hops} is the limit.");

    private static Refusal? AdmitConversation(EnvelopeExtras extras, MessageLimits limits) =>
        extras.ConversationId is { } conversation && System.Text.Encoding.UTF8.GetByteCount(conversation) > limits.HeaderBytes
            ? new Refusal(RefusalCodes.TooLarge, $"The id of a conversation holds {limits.HeaderBytes} bytes at most.")
            : null;

    private static Refusal? AdmitHeaders(EnvelopeExtras extras, MessageLimits limits)
    {
        if (extras.Headers is not { } headers)
        {
            return null;
        }

        if (headers.Count > limits.Headers)
        {
            return new Refusal(RefusalCodes.TooLarge, $"A message has {limits.Headers} headers at most.");
        }

        foreach (var (name, value) in headers)
        {
            if (System.Text.Encoding.UTF8.GetByteCount(name) + System.Text.Encoding.UTF8.GetByteCount(value) > limits.HeaderBytes)
            {
                return new Refusal(RefusalCodes.TooLarge, $"A header holds {limits.HeaderBytes} bytes at most.");
            }
        }

        return null;
    }
}
