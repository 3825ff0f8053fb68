using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Topics;

namespace OrleansAgents.Conversations;

/// <summary>What an agent tells a conversation of a message that it was sent.</summary>
internal static partial class ConversationNotes
{
    /// <summary>Whether a message of a conversation is part of its story: what the platform tells its own kinds is not.</summary>
    public static bool Concern(Envelope message) => message.Recipient.Kind switch
    {
        ConversationAddress.Kind or ConversationAddress.IndexKind or DeadLetterAddress.Kind or "directory" or RunAddress.IndexKind => false,
        TopicId.AgentKind => !TopicContracts.IsReserved(message.Contract),
        _ => true,
    };

    /// <summary>
    /// The note, which belongs to no conversation itself. The same outcome of the same message has the same id, so a note
    /// that is made twice is a duplicate.
    /// </summary>
    public static Envelope Write(AgentHost host, Envelope message, DateTimeOffset at, Reply reply)
    {
        var refusal = reply.Refusal;
        var conversation = message.Extras!.ConversationId!;
        var said = new ConversationSaid(
            conversation, message.Id.Value, message.Extras.CausationId?.Value, message.Type, message.Version,
            message.Sender.ToString(), message.Recipient.ToString(), at, reply.Outcome, refusal?.Code, refusal?.Message,
            TryWrite(host, message), TryWrite(host, message, reply));
        var told = Envelope.Create(message.Recipient, ConversationAddress.For(conversation), said)
            .WithId(Derive(message.Id.Value, said.Recipient, $"{reply.Outcome} {said.Code}"));
        return host.Cipher?.Seal(told) ?? told;
    }

    /// <summary>What stays the same of all notes of one message at one recipient.</summary>
    public static MessageId KeyOf(ConversationSaid said) => Derive(said.Message, said.Recipient, "");

    private static MessageId Derive(Guid message, string recipient, string outcome)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{message:D} {outcome}\n{recipient}"), hash);
        // Version and variant of a UUID that somebody reckoned (RFC 9562).
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new MessageId(new Guid(hash[..16], bigEndian: true));
    }

    private static string? TryWrite(AgentHost host, Envelope message)
    {
        try
        {
            return Encoding.UTF8.GetString(EnvelopeJson.ToBytes(Shorten(message).WithExpiry(null).WithoutSignature()));
        }
        catch (Exception e)
        {
            // A record that has never been JSON; its own members may throw anything.
            LogUnwritable(host.Logger, "payload", message, e);
            return null;
        }
    }

    /// <summary>Without what an agent gathered: each answer is noted by who gave it, sealed where it was.</summary>
    private static Envelope Shorten(Envelope message) => message.Type == Answers.ContractName && message.ReadPayload(Contract.Of<Answers>()) is Answers answers
        ? Envelope.Create(message.Sender, message.Recipient, answers with { All = [] }).WithId(message.Id).With(message.Extras)
        : message;

    private static string? TryWrite(AgentHost host, Envelope message, Reply reply)
    {
        try
        {
            return reply.ToJson() is { } answer ? Encoding.UTF8.GetString(answer) : null;
        }
        catch (Exception e)
        {
            LogUnwritable(host.Logger, "answer", message, e);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A conversation lacks the {Part} of {Message}, because it cannot be written as JSON")]
    private static partial void LogUnwritable(ILogger logger, string part, Envelope message, Exception exception);
}
