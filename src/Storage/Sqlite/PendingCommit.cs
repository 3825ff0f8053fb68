using System.Threading.Tasks.Sources;
using OrleansAgents.Agents;
using OrleansAgents.Formats;

namespace OrleansAgents.Sqlite;

/// <summary>A commit handed in and not yet written, with the task that its caller awaits.</summary>
internal sealed class PendingCommit : IValueTaskSource
{
    // Continuations never run within the loop that completes a group: one that blocks must hold up nobody.
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private CommitPool? _pool;

    public AgentId Agent { get; private set; }

    public AgentCommit Commit { get; private set; } = null!;

    public BodyBuffer Body { get; } = new();

    /// <summary>The bodies of the events.</summary>
    public byte[][] Events { get; private set; } = [];

    /// <summary>The bodies of the entries of the audit log.</summary>
    public byte[][] Audit { get; private set; } = [];

    public JournalHeader Header { get; private set; }

    public int StateStart { get; private set; }

    public AgentEntry? Entry { get; private set; }

    public long Seq { get; private set; }

    /// <summary>Why it was not written; null when it was.</summary>
    public Exception? Fault { get; set; }

    public ValueTask Task => new(this, _source.Version);

    public void Begin(CommitPool pool, AgentId agent, AgentCommit commit, DateTimeOffset now, byte[][] events, byte[][] audit)
    {
        (_pool, Agent, Commit, Events, Audit) = (pool, agent, commit, events, audit);
        (Header, StateStart) = JournalEncoder.Write(agent, commit, now, Body);
    }

    /// <summary>Takes its place in the journal, behind the agent's last entry.</summary>
    public void Stage(AgentEntry entry, long seq)
    {
        (Entry, Seq) = (entry, seq);
        Header = Header with { Previous = entry.NextHead, Handled = entry.NextHandled + Commit.Handled.Count };
        entry.Stage(seq, Commit.Handled.Count);
        if (Commit.State is not null)
        {
            // The whole group is written or nothing is, so only the last state of it will ever be read.
            entry.StateCarrier?.DropState();
            entry.StateCarrier = this;
        }
    }

    /// <summary>The finished body.</summary>
    public ReadOnlySpan<byte> Seal()
    {
        Header.Write(Body.Written);
        return Header.Has(JournalParts.State) ? Body.Written : Body.Written[..StateStart];
    }

    public void Complete()
    {
        if (Fault is null)
        {
            _source.SetResult(true);
        }
        else
        {
            _source.SetException(Fault);
        }
    }

    /// <summary>Makes it as new.</summary>
    public void Reset()
    {
        _source.Reset();
        Body.Clear();
        (Commit, Entry, Fault, Events, Audit) = (null!, null, null, [], []);
    }

    void IValueTaskSource.GetResult(short token)
    {
        try
        {
            _source.GetResult(token);
        }
        finally
        {
            _pool!.Return(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void DropState() => Header = Header with { Parts = Header.Parts & ~JournalParts.State };
}
