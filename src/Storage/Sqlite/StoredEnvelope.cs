using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Sqlite;

/// <summary>Reads messages at rest. They passed the limits of their time, so those of today do not apply.</summary>
internal static class StoredEnvelope
{
    private static readonly MessageLimits NoLimits = new()
    {
        PayloadBytes = 1 << 29,
        Headers = 1 << 16,
        HeaderBytes = 1 << 13,
        Hops = int.MaxValue,
    };

    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static Envelope Read(byte[] json, int start, ContractCatalogue? catalogue)
    {
        var (envelope, problems) = EnvelopeJson.Read(json.AsMemory(start), NoLimits, catalogue);
        return envelope ?? throw new InvalidDataException($"A stored message cannot be read: {string.Join(' ', problems!.Select(p => p.Message))}");
    }

    /// <summary>Reads an outgoing message as <see cref="JournalEncoder"/> wrote it.</summary>
    public static OutgoingMessage ReadOutgoing(byte[] bytes, ContractCatalogue? catalogue)
    {
        var reader = new BodyReader(bytes, 16);
        var (since, due, attempts) = (reader.Time(), reader.Time(), reader.Count());
        return new OutgoingMessage(Read(bytes, reader.At, catalogue), since) { DueAt = due, Attempts = attempts };
    }
}
