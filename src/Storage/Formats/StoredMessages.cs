using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Formats;

/// <summary>Messages at rest, the same in every store.</summary>
internal static class StoredMessages
{
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static Envelope Read(ReadOnlyMemory<byte> json, ContractCatalogue? catalogue)
    {
        var (envelope, problems) = EnvelopeJson.Read(json, MessageLimits.Kept, catalogue);
        return envelope ?? throw new InvalidDataException($"A stored message cannot be read: {string.Join(' ', problems!.Select(p => p.Message))}");
    }

    /// <summary>Writes an outgoing message: its id, times and attempts, and then the message.</summary>
    public static void WriteOutgoing(OutgoingMessage message, BodyBuffer output)
    {
        output.Id(message.Envelope.Id.Value);
        output.Int64(message.Since.UtcTicks);
        output.Int64(message.DueAt.UtcTicks);
        output.Number(message.Attempts);
        EnvelopeJson.Write(message.Envelope, output);
    }

    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static OutgoingMessage ReadOutgoing(ReadOnlyMemory<byte> bytes, ContractCatalogue? catalogue)
    {
        try
        {
            var reader = new BodyReader(bytes.Span, 16);
            var (since, due, attempts) = (reader.Time(), reader.Time(), reader.Count());
            return new OutgoingMessage(Read(bytes[reader.At..], catalogue), since) { DueAt = due, Attempts = attempts };
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("A stored outgoing message cannot be read: its times or its count are not whole.", e);
        }
    }
}
