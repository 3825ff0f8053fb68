using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>Seals the payloads of messages and of their replies, and opens them. Thread-safe.</summary>
internal sealed class PayloadCipher : IDisposable
{
    private readonly Reloaded<EncryptionOptions, PayloadKeys> _keys;
    private PayloadKeys? _last;

    public PayloadCipher(IOptionsMonitor<EncryptionOptions> options, TimeProvider time, ILogger<PayloadCipher> logger) =>
        _keys = new(options, Read, static o => o.Groups.Any(group => group.Keys.Any(key => key.File is not null)), time, logger);

    public void Dispose() => _keys.Dispose();

    /// <summary>The message as it may leave: sealed where its recipient belongs to a group, or as it is.</summary>
    public Envelope Seal(Envelope message) =>
        message.Extras?.Encryption is null && _keys.Current.Find(message.Recipient) is { Sealing: { } key } ? Seal(message, key) : message;

    /// <summary>A message that is passed on: sealed anew where its new recipient belongs to another group whose keys are here.</summary>
    /// <exception cref="AgentRefusedException">It must be sealed anew and cannot be opened.</exception>
    public Envelope Redirect(Envelope message)
    {
        var keys = _keys.Current;
        return message.Extras?.Encryption is { } encryption && keys.Find(message.Recipient) is { Sealing: { } key } group
            && !group.Has(encryption.KeyId) && keys.FindKey(encryption.KeyId) is not null
            ? Seal(Open(message), key)
            : message;
    }

    /// <summary>The message with a payload that can be read: the same one where it is not sealed.</summary>
    /// <exception cref="AgentRefusedException">It cannot be opened.</exception>
    public Envelope Open(Envelope message) => TryOpen(message, out var opened, out var fault) ? opened : throw new AgentRefusedException(fault);

    public bool TryOpen(Envelope message, [NotNullWhen(true)] out Envelope? opened, [NotNullWhen(false)] out Refusal? fault)
    {
        opened = message;
        fault = null;
        if (message.Extras is not { Encryption: { } encryption } extras)
        {
            return true;
        }

        opened = null;
        fault = FindFault(encryption, out var known);
        if (fault is not null)
        {
            return false;
        }

        var key = known!;
        Span<byte> context = stackalloc byte[SealContext.Room(message, key.Id)];
        var length = SealContext.Write(message, key.Id, context);
        if (length > 0 && SealedText.TryOpen(key, SealedText.Find(message.PayloadJson.Span), context[..length], out var plain))
        {
            opened = message.WithPayload(plain, extras with { Encryption = null });
            return true;
        }

        fault = new Refusal(RefusalCodes.BadSeal, $"The payload cannot be opened: it was sealed with another key than '{key.Id}', or in another message.");
        return false;
    }

    /// <summary>What a gate demands without opening anything: null where the message may come in.</summary>
    public Refusal? Check(Envelope message)
    {
        if (message.Extras?.Encryption is { } encryption)
        {
            return FindFault(encryption, out _);
        }

        return _keys.Current.Find(message.Recipient) is { Required: true } group
            ? new Refusal(RefusalCodes.NotSealed, $"Messages to {message.Recipient} must be sealed with a key of the group '{group.Name}'.")
            : null;
    }

    /// <summary>The answer to a sealed message, sealed with the same key.</summary>
    /// <exception cref="AgentRefusedException">The key is not here, or not any more.</exception>
    public byte[] SealReply(Envelope request, object answer)
    {
        var fault = FindFault(request.Extras!.Encryption!, out var known);
        var key = known ?? throw new AgentRefusedException(fault!);
        Span<byte> context = stackalloc byte[SealContext.ReplyBytes];
        var length = SealContext.WriteReply(request.Id, key.Id, context);
        return SealedText.Write(key, key.ReplyPrefix, answer as byte[] ?? PayloadJson.Write(answer), context[..length]);
    }

    /// <summary>The answer to a message that was sealed here, opened; any other as it is.</summary>
    /// <exception cref="AgentTimeoutException">There is an answer, and it cannot be opened.</exception>
    public Reply OpenReply(Envelope request, Reply reply)
    {
        if (!request.IsSealedHere || !reply.HasValue)
        {
            return reply;
        }

        if (reply.Body is byte[] json)
        {
            var text = SealedText.Find(json, out var encryption);
            if (encryption is { Algorithm: PayloadEncryption.Aes256Gcm } && _keys.Current.FindKey(encryption.KeyId) is { } key)
            {
                Span<byte> context = stackalloc byte[SealContext.ReplyBytes];
                var length = SealContext.WriteReply(request.Id, key.Id, context);
                if (SealedText.TryOpen(key, text, context[..length], out var plain))
                {
                    return Reply.FromWire(reply.Outcome, plain.ToArray());
                }
            }
        }

        throw new AgentTimeoutException(
            request.Id, RefusalCodes.BadSeal, $"{request.Recipient} answered {request.Contract} {request.Id}, and the answer cannot be opened; what it says is unknown.");
    }

    private static Envelope Seal(Envelope message, PayloadKey key)
    {
        Span<byte> context = stackalloc byte[SealContext.Room(message, key.Id)];
        var length = SealContext.Write(message, key.Id, context);
        if (length == 0)
        {
            throw new ArgumentException($"The sender of {message.Contract} is longer than an address may be.", nameof(message));
        }

        // Whatever it was signed as before, it is another message now.
        var extras = message.Extras is { } rare ? rare with { Encryption = key.Encryption, Signature = null } : key.Extras;
        return message.WithPayload(SealedText.Write(key, key.MessagePrefix, message.PayloadJson.Span, context[..length]), extras, isSealedHere: true);
    }

    private Refusal? FindFault(PayloadEncryption encryption, out PayloadKey? key)
    {
        key = null;
        if (encryption.Algorithm != PayloadEncryption.Aes256Gcm)
        {
            return new Refusal(RefusalCodes.BadSeal, $"The payload is sealed in another way than {PayloadEncryption.Aes256Gcm}, which is the one that is known.");
        }

        key = _keys.Current.FindKey(encryption.KeyId);
        return key is null ? new Refusal(RefusalCodes.BadSeal, $"The payload is sealed with the key '{PlainText.Show(encryption.KeyId, PlainText.Quoted)}', which is not known here.") : null;
    }

    private PayloadKeys Read(EncryptionOptions options) => _last = PayloadKeys.Create(options, _last);
}
