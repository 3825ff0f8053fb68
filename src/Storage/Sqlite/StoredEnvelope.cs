using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Sqlite;

/// <summary>Reads messages at rest.</summary>
internal static class StoredEnvelope
{
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static Envelope Read(byte[] json, int start, ContractCatalogue? catalogue)
    {
        var (envelope, problems) = EnvelopeJson.Read(json.AsMemory(start), MessageLimits.Kept, catalogue);
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
