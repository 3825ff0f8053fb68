using OrleansAgents.Messaging;

namespace OrleansAgents.Sqlite;

/// <summary>
/// Removes the journal's oldest entries, a slice in each transaction: those that the rows have and whose handled messages
/// are out of the window, or beyond the limit of bytes. Messages in them that are not acknowledged move to the outbox,
/// where they are found under the same number.
/// </summary>
internal sealed class Trimming(
    Connection connection, AgentTable table, AgentRows rows, Progress progress, SqliteStoreOptions options, TimeProvider time)
{
    private readonly Statement _oldest = connection.Prepare("SELECT seq, agent, body FROM journal WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3");
    private readonly Statement _delete = connection.Prepare("DELETE FROM journal WHERE seq <= ?1");
    private readonly Statement _spill = connection.Prepare("INSERT OR REPLACE INTO outbox(seq, item, body) VALUES(?1, ?2, ?3)");

    /// <summary>Looks at so many entries, and tells whether all of them went.</summary>
    public bool Write(int entries, long unfoldedBytes)
    {
        var mark = progress.Next;
        if (mark.Trimmed >= mark.Folded)
        {
            return false;
        }

        var (last, gone, bytes) = (mark.Trimmed, 0, mark.Bytes);
        var oldest = (time.GetUtcNow() - options.Handled.Age).UtcTicks;
        _oldest.Bind(1, mark.Trimmed).Bind(2, mark.Folded).Bind(3, entries);
        while (_oldest.Step())
        {
            var body = _oldest.Bytes(2);
            var header = JournalHeader.Read(body);
            var over = bytes + unfoldedBytes > options.JournalBytes;
            if (!over && header.At >= oldest && !IsBeyondCount(_oldest.Number(1), header))
            {
                break;
            }

            last = _oldest.Number(0);
            if (header.Has(JournalParts.Outgoing))
            {
                Spill(last, _oldest.Number(1), JournalEntry.ReadOutgoing(body, header));
            }

            bytes -= body.Length;
            gone++;
        }

        _oldest.Reset();
        if (gone > 0)
        {
            _delete.Bind(1, last).Run();
            progress.Next = progress.Next with { Trimmed = last, Bytes = bytes };
        }

        return gone == entries;
    }

    // An agent not in memory was quiet for long; its entries wait for their age.
    private bool IsBeyondCount(long agent, JournalHeader header) =>
        table.Find(agent) is { } entry && entry.Handled - header.Handled >= options.Handled.Count;

    private void Spill(long seq, long agent, List<(MessageId Id, byte[] Bytes)> messages)
    {
        if (rows.Find(agent) is not { Open: { Count: > 0 } open })
        {
            return;
        }

        for (var item = 0; item < messages.Count; item++)
        {
            if (open.TryGet(messages[item].Id, out var message) && message.Seq == seq && message.Item == item)
            {
                _spill.Bind(1, seq).Bind(2, item).Bind(3, messages[item].Bytes).Run();
            }
        }
    }
}
