using OrleansAgents.Agents;
using OrleansAgents.Formats;
using OrleansAgents.Messaging;

namespace OrleansAgents.Sqlite;

/// <summary>Finds outgoing messages in the journal, or in the outbox when their entries are gone.</summary>
internal sealed class OutgoingReader(Reader reader, ContractCatalogue? catalogue)
{
    private long _seq = -1;
    private List<(MessageId Id, byte[] Bytes)>? _entry;

    public List<OutgoingMessage> Read(IReadOnlyList<OpenMessage> open)
    {
        var messages = new List<OutgoingMessage>(open.Count);
        foreach (var message in open)
        {
            messages.Add(StoredMessages.ReadOutgoing(Find(message), catalogue));
        }

        return messages;
    }

    private byte[] Find(OpenMessage message)
    {
        // Messages of one entry mostly follow one another.
        if (message.Seq != _seq)
        {
            _seq = message.Seq;
            _entry = ReadEntry();
        }

        return _entry is not null ? _entry[message.Item].Bytes : ReadSpilled(message);
    }

    private List<(MessageId Id, byte[] Bytes)>? ReadEntry()
    {
        var found = reader.Entry.Bind(1, _seq).Step();
        var body = found ? reader.Entry.Bytes(0) : default;
        var entry = found ? JournalEntry.ReadOutgoing(body, JournalHeader.Read(body)) : null;
        reader.Entry.Reset();
        return entry;
    }

    private byte[] ReadSpilled(OpenMessage message)
    {
        var found = reader.Spilled.Bind(1, message.Seq).Bind(2, message.Item).Step();
        var bytes = found ? reader.Spilled.Bytes(0).ToArray() : null;
        reader.Spilled.Reset();
        return bytes ?? throw new InvalidDataException($"The outgoing message {message.Item} of entry {message.Seq} is missing.");
    }
}
