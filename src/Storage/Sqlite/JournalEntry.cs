using System.Buffers.Binary;
using OrleansAgents.Agents;
using OrleansAgents.Formats;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Sqlite;

/// <summary>Reads the parts of a journal entry, those not asked for without making anything of them.</summary>
internal static class JournalEntry
{
    /// <summary>The agent that the entry names; only an agent's first entry does.</summary>
    public static AgentId ReadName(ReadOnlySpan<byte> body) => new BodyReader(body, JournalHeader.Length).Agent();

    /// <summary>Adds the handled messages, the last one first, until one is too old or there are enough; tells whether to go on.</summary>
    public static bool ReadHandled(ReadOnlySpan<byte> body, JournalHeader header, DateTimeOffset oldest, int most, List<HandledMessage> handled)
    {
        var reader = SkipName(body, header);
        var messages = new HandledMessage[reader.Count()];
        for (var i = 0; i < messages.Length; i++)
        {
            var (id, at, length) = (reader.Id(), reader.Time(), reader.Count());
            messages[i] = new HandledMessage(id, at, length == 0 ? default(ReadOnlyMemory<byte>?) : reader.Raw(length - 1).ToArray());
        }

        for (var i = messages.Length - 1; i >= 0; i--)
        {
            if (handled.Count >= most || messages[i].At < oldest)
            {
                return false;
            }

            handled.Add(messages[i]);
        }

        return true;
    }

    /// <summary>The bytes of each outgoing message, in order, with its id.</summary>
    public static List<(MessageId Id, byte[] Bytes)> ReadOutgoing(ReadOnlySpan<byte> body, JournalHeader header)
    {
        var reader = SkipHandled(body, header);
        Skip(ref reader, header, JournalParts.Acknowledged, 16);
        var messages = new List<(MessageId, byte[])>();
        for (var left = header.Has(JournalParts.Outgoing) ? reader.Count() : 0; left > 0; left--)
        {
            var bytes = reader.Raw(BinaryPrimitives.ReadInt32LittleEndian(reader.Raw(4)));
            messages.Add((new MessageId(new Guid(bytes[..16])), bytes.ToArray()));
        }

        return messages;
    }

    /// <summary>What the entry changed of an agent in memory, as it was when it was committed.</summary>
    public static AgentChanges ReadChanges(ReadOnlySpan<byte> body, JournalHeader header)
    {
        var reader = SkipHandled(body, header);
        var acknowledged = new MessageId[header.Has(JournalParts.Acknowledged) ? reader.Count() : 0];
        for (var i = 0; i < acknowledged.Length; i++)
        {
            acknowledged[i] = reader.Id();
        }

        var sent = new MessageId[header.Has(JournalParts.Outgoing) ? reader.Count() : 0];
        for (var i = 0; i < sent.Length; i++)
        {
            var bytes = reader.Raw(BinaryPrimitives.ReadInt32LittleEndian(reader.Raw(4)));
            sent[i] = new MessageId(new Guid(bytes[..16]));
        }

        var positions = new TopicPosition[header.Has(JournalParts.Positions) ? reader.Count() : 0];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = reader.Position();
        }

        return new(acknowledged, sent, positions, header.Has(JournalParts.State) ? reader.Rest.ToArray() : default(ReadOnlyMemory<byte>?));
    }

    private static BodyReader SkipName(ReadOnlySpan<byte> body, JournalHeader header)
    {
        var reader = new BodyReader(body, JournalHeader.Length);
        if (header.Has(JournalParts.Name))
        {
            reader.Raw(reader.Count());
            reader.Raw(reader.Count());
        }

        return reader;
    }

    private static BodyReader SkipHandled(ReadOnlySpan<byte> body, JournalHeader header)
    {
        var reader = SkipName(body, header);
        for (var left = reader.Count(); left > 0; left--)
        {
            reader.Raw(24);
            reader.Raw(Math.Max(0, reader.Count() - 1));
        }

        return reader;
    }

    private static void Skip(ref BodyReader reader, JournalHeader header, JournalParts part, int size)
    {
        if (header.Has(part))
        {
            reader.Raw(reader.Count() * size);
        }
    }
}

/// <summary>What an entry changes of an agent in memory.</summary>
internal readonly record struct AgentChanges(
    IReadOnlyList<MessageId> Acknowledged, IReadOnlyList<MessageId> Sent, IReadOnlyList<TopicPosition> Positions, ReadOnlyMemory<byte>? State);
