using OrleansAgents.Messaging;

namespace OrleansAgents.Sqlite;

/// <summary>Appends commits. One row is the whole commit of an agent.</summary>
internal sealed class Journal(Connection connection, long seq, long bytes)
{
    private readonly Statement _append = connection.Prepare("INSERT INTO journal(seq, agent, body) VALUES(?1, ?2, ?3)");
    private readonly Statement _unspill = connection.Prepare("DELETE FROM outbox WHERE seq = ?1 AND item = ?2");
    private long _nextSeq = seq;
    private long _nextBytes = bytes;

    /// <summary>The last entry committed.</summary>
    public long Seq { get; private set; } = seq;

    /// <summary>The bytes of all entries committed since the start, and of those that the rows lacked then.</summary>
    public long Bytes { get; private set; } = bytes;

    public long TakeSeq() => ++_nextSeq;

    /// <param name="commit">A staged commit.</param>
    /// <param name="trimmed">Messages of entries up to this one stand in the outbox, if they are still open.</param>
    public void Append(PendingCommit commit, long trimmed)
    {
        var body = commit.Seal();
        _append.Bind(1, commit.Seq).Bind(2, commit.Entry!.Id).Bind(3, body).Run();
        _nextBytes += body.Length;
        if (commit.Entry.Open is not { Count: > 0 } open)
        {
            return;
        }

        foreach (var id in commit.Commit.Acknowledged)
        {
            Unspill(open, id, trimmed);
        }

        foreach (var message in commit.Commit.Outgoing)
        {
            Unspill(open, message.Envelope.Id, trimmed);
        }
    }

    public void Commit() => (Seq, Bytes) = (_nextSeq, _nextBytes);

    public void Undo() => (_nextSeq, _nextBytes) = (Seq, Bytes);

    private void Unspill(OpenMessages open, MessageId id, long trimmed)
    {
        if (open.TryGet(id, out var message) && message.Seq <= trimmed)
        {
            _unspill.Bind(1, message.Seq).Bind(2, message.Item).Run();
        }
    }
}
