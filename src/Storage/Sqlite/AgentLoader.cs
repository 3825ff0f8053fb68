using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Sqlite;

/// <summary>
/// Gathers all that is kept of an agent: what memory or the row says, and from the journal the handled messages, along
/// the chain of the agent's entries, and the contents of the outgoing ones.
/// </summary>
internal sealed class AgentLoader(AgentTable table, ReaderPool readers, HandledWindow window, TimeProvider time, ContractCatalogue? catalogue)
{
    public async ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken)
    {
        while (true)
        {
            var known = Snapshot(agent);
            var (record, current) = await readers.ReadAsync(reader => Read(reader, agent, known), cancellationToken);
            if (current)
            {
                return record;
            }
        }
    }

    private View? Snapshot(AgentId agent)
    {
        lock (table.Sync)
        {
            // An entry that was only made for a commit under way is nothing yet.
            return table.Find(agent) is { Etag: > 0 } entry ? new View(entry) : null;
        }
    }

    /// <summary>The record; false when the row went on since memory was asked.</summary>
    private (AgentRecord? Record, bool Current) Read(Reader reader, AgentId agent, View? view)
    {
        var state = view?.State;
        if (view is null)
        {
            (view, state) = ReadRow(reader, agent);
        }
        else if (state is null)
        {
            var row = reader.State.Bind(1, view.Id);
            var found = row.Step();
            var isNewer = found && row.Number(0) > view.Etag;
            state = found ? row.Blob(1) : null;
            row.Reset();
            if (isNewer)
            {
                return (null, false);
            }
        }

        return (view is null ? null : Gather(reader, view, state), true);
    }

    private static (View? View, ReadOnlyMemory<byte>? State) ReadRow(Reader reader, AgentId agent)
    {
        const int State = 10;
        var row = reader.AgentByName.Bind(1, agent.Kind).Bind(2, agent.Key);
        var found = row.Step();
        var view = found ? new View(AgentRow.Read(row)) : null;
        var state = found ? row.Blob(State) : null;
        row.Reset();
        return (view, state);
    }

    private AgentRecord Gather(Reader reader, View view, ReadOnlyMemory<byte>? state) => new()
    {
        Etag = view.Etag,
        State = state,
        Handled = ReadHandled(reader, view.Head),
        Outgoing = new OutgoingReader(reader, catalogue).Read(view.Open),
        Positions = view.Positions,
        LastEvent = view.LastEvent,
        WakeAt = view.Wake == 0 ? null : new DateTimeOffset(view.Wake, TimeSpan.Zero),
        // It may be that of a later commit. Then the etag is an old one, and nothing is appended to it.
        Audit = AuditReader.ReadHead(reader, view.Id),
    };

    private List<HandledMessage> ReadHandled(Reader reader, long head)
    {
        var oldest = time.GetUtcNow() - window.Age;
        var handled = new List<HandledMessage>();
        var goOn = true;
        while (goOn && head > 0)
        {
            goOn = reader.Entry.Bind(1, head).Step();
            if (goOn)
            {
                var body = reader.Entry.Bytes(0);
                var header = JournalHeader.Read(body);
                goOn = header.At >= oldest.UtcTicks && JournalEntry.ReadHandled(body, header, oldest, window.Count, handled);
                head = header.Previous;
            }

            reader.Entry.Reset();
        }

        handled.Reverse();
        return handled;
    }

    /// <summary>What memory or a row says, as of one moment.</summary>
    private sealed class View(AgentEntry entry)
    {
        public long Id { get; } = entry.Id;

        public long Etag { get; } = entry.Etag;

        public long Head { get; } = entry.Head;

        public long LastEvent { get; } = entry.LastEvent;

        public long Wake { get; } = entry.Wake;

        public ReadOnlyMemory<byte>? State { get; } = entry.State;

        public OpenMessage[] Open { get; } = entry.Open?.InOrder() ?? [];

        public TopicPosition[] Positions { get; } = entry.Positions?.Select(p => new TopicPosition(p.Key, p.Value)).ToArray() ?? [];
    }
}
