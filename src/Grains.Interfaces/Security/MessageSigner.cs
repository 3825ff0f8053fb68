using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>Signs messages with the keys of their senders, and finds out whether a signature holds.</summary>
internal sealed class MessageSigner(KeyRing keys, TimeProvider time)
{
    /// <summary>Whether any message can be signed.</summary>
    public bool HasKeys => !keys.Current.IsEmpty;

    /// <summary>
    /// The message, signed as of now; as it is where there is no key for its sender. The payload of a signed message is
    /// in canonical form, so that whoever verifies it need not bring it there again.
    /// </summary>
    /// <exception cref="CanonicalJsonException">The payload has no canonical form.</exception>
    public Envelope Sign(Envelope message) => Sign(message, time.GetUtcNow());

    /// <inheritdoc cref="Sign(Envelope)"/>
    public Envelope Sign(Envelope message, DateTimeOffset sentAt)
    {
        if (keys.Current.FindFor(message.Sender) is not { } key)
        {
            return message;
        }

        // A copy of its own, so that it may be stamped.
        message = message.WithCanonicalPayload();
        Span<byte> hash = stackalloc byte[HashKey.HashBytes];
        Compute(message, message.Recipient, key, sentAt, message.PayloadJson.Span, hash);
        var signature = new MessageSignature(key.Id, MessageSignature.HmacSha256, Convert.ToHexStringLower(hash));
        return message.StampExtras(message.Extras is { } extras
            ? extras with { SentAt = sentAt, Signature = signature }
            : new EnvelopeExtras { SentAt = sentAt, Signature = signature });
    }

    /// <summary>Why the signature does not hold; null when it does. For the log: it says more than a stranger should learn.</summary>
    /// <param name="message">The message, which has a signature.</param>
    /// <param name="recipient">Whom it was signed for.</param>
    public string? FindFault(Envelope message, AgentId recipient)
    {
        var signature = message.Extras!.Signature!;
        if (signature.Algorithm != MessageSignature.HmacSha256)
        {
            return "its algorithm is not HMAC-SHA256";
        }

        if (keys.Current.Find(signature.KeyId) is not { } key)
        {
            return "its key is not known here";
        }

        if (!key.Identity.Matches(message.Sender))
        {
            return $"its key signs for {key.Identity} and not for the sender";
        }

        Span<byte> given = stackalloc byte[HashKey.HashBytes];
        if (signature.Value.Length != HashKey.HashBytes * 2
            || Convert.FromHexString(signature.Value, given, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return "its value is not 64 hexadecimal digits";
        }

        // The payload as it came first: where its very bytes were signed it need not be looked over, and they are what is read.
        return Holds(message, recipient, key, message.PayloadJson.Span, given) ? null : FindFaultOfOtherForm(message, recipient, key, given);
    }

    private static string? FindFaultOfOtherForm(Envelope message, AgentId recipient, HashKey key, Span<byte> given)
    {
        const string Altered = "the message is not the one that was signed";
        if (CanonicalJson.IsCanonical(message.PayloadJson.Span))
        {
            return Altered;
        }

        try
        {
            return Holds(message, recipient, key, message.WithCanonicalPayload().PayloadJson.Span, given) ? null : Altered;
        }
        catch (CanonicalJsonException e)
        {
            return $"it has no canonical form ({e.Code})";
        }
    }

    private static bool Holds(Envelope message, AgentId recipient, HashKey key, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> given)
    {
        Span<byte> hash = stackalloc byte[HashKey.HashBytes];
        Compute(message, recipient, key, message.Extras!.SentAt, payload, hash);
        return HashKey.AreSame(hash, given);
    }

    private static void Compute(
        Envelope message, AgentId recipient, HashKey key, DateTimeOffset? sentAt, ReadOnlySpan<byte> payload, Span<byte> hash)
    {
        var form = SignedForm.Rent();
        try
        {
            form.Write(message, recipient, key, sentAt, payload);
            key.Compute(form.Bytes, hash);
        }
        finally
        {
            form.Return();
        }
    }
}
