using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Sqlite;

/// <summary>
/// An agent in memory. What is committed is read and changed under the table's lock; what is staged, and the flags, are
/// the writer's alone.
/// </summary>
internal sealed class AgentEntry(long id, AgentId agent)
{
    public long Id { get; } = id;

    public AgentId Agent { get; } = agent;

    public long Etag { get; private set; }

    public long Head { get; private set; }

    public long Handled { get; private set; }

    public long LastEvent { get; private set; }

    /// <summary>UTC ticks; 0 for never.</summary>
    public long Wake { get; private set; }

    /// <summary>The state that the row does not have yet; null when the row's is the latest.</summary>
    public ReadOnlyMemory<byte>? State { get; private set; }

    public OpenMessages? Open { get; private set; }

    public Dictionary<TopicId, long>? Positions { get; private set; }

    public long NextEtag { get; private set; }

    public long NextHead { get; private set; }

    public long NextHandled { get; private set; }

    /// <summary>The commit of the group being written that carries the state; null when none does.</summary>
    public PendingCommit? StateCarrier { get; set; }

    /// <summary>Whether a row exists.</summary>
    public bool HasRow { get; set; }

    /// <summary>Changed since the last fold began.</summary>
    public bool Changed { get; set; }

    /// <summary>Waits to be written by the fold under way.</summary>
    public bool Folding { get; set; }

    /// <summary>Under which time it stands among those to be woken; 0 for not.</summary>
    public long DueKey { get; set; }

    /// <summary>Used since it was last considered for removal from memory.</summary>
    public bool Used { get; set; }

    /// <summary>Stands in the queue for removal from memory.</summary>
    public bool Queued { get; set; }

    public bool IsClean => !Changed && !Folding && NextEtag == Etag;

    /// <summary>Takes what the row says.</summary>
    public void Restore(long etag, long head, long handled, long lastEvent, long wake, OpenMessages? open, Dictionary<TopicId, long>? positions)
    {
        (Etag, Head, Handled, LastEvent, Wake) = (etag, head, handled, lastEvent, wake);
        (Open, Positions, HasRow) = (open, positions, true);
        Unstage();
    }

    public void Stage(long seq, int handled)
    {
        NextEtag++;
        NextHead = seq;
        NextHandled += handled;
        Used = true;
    }

    public void Unstage() => (NextEtag, NextHead, NextHandled, StateCarrier) = (Etag, Head, Handled, null);

    /// <summary>Takes over a written entry.</summary>
    public void Commit(in JournalHeader header, long seq, ReadOnlyMemory<byte>? state)
    {
        (Etag, Head, Handled, Wake) = (header.Etag, seq, header.Handled, header.Wake);
        State = state ?? State;
        LastEvent = header.LastEvent == 0 ? LastEvent : header.LastEvent;
    }

    public void Acknowledge(IReadOnlyList<MessageId> ids)
    {
        for (var i = 0; i < ids.Count && Open is not null; i++)
        {
            Open.Remove(ids[i]);
        }
    }

    public void Send(MessageId id, long seq, int item) => (Open ??= new OpenMessages()).Put(id, seq, item);

    public void Move(IReadOnlyList<TopicPosition> positions)
    {
        for (var i = 0; i < positions.Count; i++)
        {
            (Positions ??= [])[positions[i].Topic] = positions[i].Position;
        }
    }

    /// <summary>The row has everything that is committed.</summary>
    public void Folded()
    {
        (State, HasRow, Folding) = (null, true, false);
        if (Open is { Count: 0 })
        {
            Open = null;
        }
    }
}
