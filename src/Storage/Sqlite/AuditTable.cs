using OrleansAgents.Agents;
using OrleansAgents.Formats;

namespace OrleansAgents.Sqlite;

/// <summary>Appends to the logs of audited agents within the transactions of the commits that the entries came with.</summary>
internal sealed class AuditTable(Connection connection)
{
    private readonly Statement _last = connection.Prepare("SELECT ifnull(max(sequence), 0) FROM audit WHERE agent = ?1");
    private readonly Statement _append = connection.Prepare("INSERT INTO audit(agent, sequence, body) VALUES(?1, ?2, ?3)");
    private readonly Dictionary<long, long> _staged = [];

    /// <summary>Forgets what the group before staged.</summary>
    public void Begin() => _staged.Clear();

    /// <summary>Why the entries cannot be appended; null when they can, and then they will be.</summary>
    public AgentStoreException? Stage(PendingCommit commit, AgentEntry? entry)
    {
        if (commit.Audit.Length == 0)
        {
            return null;
        }

        var last = entry is null ? 0 : _staged.TryGetValue(entry.Id, out var staged) ? staged : ReadLast(entry.Id);
        return AuditOrder.FindFault(commit.Agent, commit.Commit, last);
    }

    /// <summary>The commit is staged, so others of its agent that are staged behind it follow its entries.</summary>
    public void Staged(PendingCommit commit)
    {
        if (commit.Audit.Length > 0)
        {
            _staged[commit.Entry!.Id] = commit.Commit.Audit[^1].Sequence;
        }
    }

    public void Append(PendingCommit commit)
    {
        for (var i = 0; i < commit.Audit.Length; i++)
        {
            _append.Bind(1, commit.Entry!.Id).Bind(2, commit.Commit.Audit[i].Sequence).Bind(3, commit.Audit[i]).Run();
        }
    }

    private long ReadLast(long agent)
    {
        _last.Bind(1, agent).Step();
        var last = _last.Number(0);
        _last.Reset();
        return last;
    }
}
