using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Agents;

/// <content>What a turn opens and seals, where the silo has keys.</content>
public sealed partial class AgentContext
{
    private Envelope? _opened;

    /// <summary>
    /// A message with a payload that can be read: the same one where it is not sealed. For agents that take messages as
    /// they are (<see cref="IHandleAny"/>); the payload of any other handler is opened before it is called.
    /// </summary>
    /// <exception cref="AgentRefusedException">It is sealed and cannot be opened, or this silo has no keys: <c>bad-seal</c>.</exception>
    /// <exception cref="InvalidOperationException">The turn is over.</exception>
    public Envelope Open(Envelope message) =>
        message.Extras?.Encryption is null ? message
        : Turns.Host.Cipher is { } cipher ? cipher.Open(message)
        : throw new AgentRefusedException(RefusalCodes.BadSeal, $"The payload is sealed, and the silo that {message.Recipient} lives in has no keys.");

    /// <summary>The message being handled, opened once it was read; until then as it came.</summary>
    internal Envelope Readable => _opened ?? Message;

    /// <summary>The message being handled, for its handler to decode.</summary>
    internal Envelope OpenMessage() => Message.Extras?.Encryption is null ? Message : _opened ??= Open(Message);

    /// <summary>The answer of the handler, sealed where the message was.</summary>
    internal Reply Accept(object? answer)
    {
        answer = AnswerInstead ?? answer;
        return Messaging.Reply.Accepted(
            answer is not null && Message.Extras?.Encryption is not null && Turns.Host.Cipher is { } cipher ? cipher.SealReply(Message, answer) : answer);
    }

    private TReply? Read<TReply>(Envelope request, Reply reply) =>
        (Turns.Host.Cipher is { } cipher ? cipher.OpenReply(request, reply) : reply).As<TReply>();

    private Envelope Redirect(Envelope onward) => Turns.Host.Cipher is { } cipher ? cipher.Redirect(onward) : onward;

    private Envelope Seal(Envelope message) => Turns.Host.Cipher is { } cipher ? Seal(cipher, message) : message;

    private Envelope Seal(PayloadCipher cipher, Envelope message)
    {
        var closed = cipher.Seal(message);
        // Once it is sealed nobody sees any more that it was no object.
        return ReferenceEquals(closed, message) || Turns.Commits is null || message.IsPayloadObject()
            ? closed
            : throw new AgentRefusedException(RefusalCodes.MalformedJson, $"The payload of {message} is no JSON object.");
    }
}
