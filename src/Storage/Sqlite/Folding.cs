using OrleansAgents.Formats;
using OrleansAgents.Topics;

namespace OrleansAgents.Sqlite;

/// <summary>
/// Brings the rows of changed agents up to date, a slice in each transaction and in the order of the rows, so that many
/// commits of an agent become one row write. The journal is behind the rows only when all slices are done.
/// </summary>
internal sealed class Folding(Connection connection, AgentTable table, Journal journal, Progress progress, SqliteStoreOptions options, TimeProvider time)
{
    private const string Insert =
        "INSERT INTO agent(id, etag, head, handled, last_event, wake, open, positions, state, kind, key) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

    // A row may be ahead of the journal's mark, but it never goes back.
    private const string Update =
        "UPDATE agent SET etag = ?2, head = ?3, handled = ?4, last_event = ?5, wake = ?6, open = ?7, positions = ?8, state = ifnull(?9, state) WHERE id = ?1 AND etag <= ?2";

    private readonly Statement _insert = connection.Prepare(Insert);
    private readonly Statement _update = connection.Prepare(Update);
    private readonly BodyBuffer _buffer = new();
    private List<AgentEntry>? _slices;
    private int _done;
    private int _next;
    private long _seq;
    private long _bytes;
    private long _foldedBytes;
    private long _started = time.GetTimestamp();

    public bool IsRunning => _slices is not null;

    /// <summary>Whether the rows have everything that is committed.</summary>
    public bool IsUpToDate => !IsRunning && table.Changed.Count == 0;

    /// <summary>The bytes of the entries that the rows will not have when the transaction under way is committed.</summary>
    public long UnfoldedBytes => journal.Bytes - (_slices is not null && _next == _slices.Count ? _bytes : _foldedBytes);

    public void StartIfDue()
    {
        if (!IsRunning && table.Changed.Count > 0
            && (journal.Seq - progress.Current.Folded >= options.FoldCommits
                || table.ChangedBytes >= options.FoldBytes
                || time.GetElapsedTime(_started) >= options.FoldInterval))
        {
            Start();
        }
    }

    public void Start()
    {
        _slices = table.TakeChanged();
        (_done, _next, _seq, _bytes, _started) = (0, 0, journal.Seq, journal.Bytes, time.GetTimestamp());
    }

    /// <summary>Writes so many rows, if there is something to fold.</summary>
    public void Write(int rows)
    {
        if (_slices is null)
        {
            return;
        }

        for (_next = _done; _next < _slices.Count && _next - _done < rows; _next++)
        {
            WriteRow(_slices[_next]);
        }

        if (_next == _slices.Count)
        {
            progress.Next = progress.Next with { Folded = _seq, Bytes = progress.Next.Bytes + _bytes - _foldedBytes };
        }
    }

    /// <summary>The slice is committed. Under the table's lock, before the group's own commits.</summary>
    public void Commit()
    {
        if (_slices is null)
        {
            return;
        }

        for (; _done < _next; _done++)
        {
            table.Folded(_slices[_done]);
        }

        if (_done == _slices.Count)
        {
            (_slices, _foldedBytes) = (null, _bytes);
        }
    }

    private void WriteRow(AgentEntry entry)
    {
        var row = entry.HasRow ? _update : _insert;
        row.Bind(1, entry.Id).Bind(2, entry.Etag).Bind(3, entry.Head).Bind(4, entry.Handled).Bind(5, entry.LastEvent);
        _ = entry.Wake == 0 ? row.BindNull(6) : row.Bind(6, entry.Wake);
        BindPart(row, 7, entry.Open is { Count: > 0 }, entry);
        BindPart(row, 8, entry.Positions is not null, entry);
        _ = entry.State is { } state ? row.Bind(9, state.Span) : row.BindNull(9);
        if (!entry.HasRow)
        {
            row.Bind(10, entry.Agent.Kind).Bind(11, entry.Agent.Key);
        }

        row.Run();
    }

    private void BindPart(Statement row, int parameter, bool present, AgentEntry entry)
    {
        if (!present)
        {
            row.BindNull(parameter);
            return;
        }

        _buffer.Clear();
        if (parameter == 7)
        {
            entry.Open!.Write(_buffer);
        }
        else
        {
            AgentRow.WritePositions([.. entry.Positions!.Select(p => new TopicPosition(p.Key, p.Value))], _buffer);
        }

        row.Bind(parameter, _buffer.Written);
    }
}
