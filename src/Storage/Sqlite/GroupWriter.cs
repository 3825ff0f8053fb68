using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;

namespace OrleansAgents.Sqlite;

/// <summary>
/// Writes a group of commits in one transaction, with a slice of upkeep: all of them are written or none is, and what is
/// in memory follows only after that.
/// </summary>
internal sealed class GroupWriter(
    Connection connection, AgentTable table, AgentRows rows, Journal journal, Progress progress, Folding folding,
    Trimming trimming, TopicWriter topics, TopicTrimming topicTrimming, AuditTable audit, ILogger logger)
{
    private const int LeastRows = 32;

    private readonly Statement _begin = connection.Prepare("BEGIN IMMEDIATE");
    private readonly Statement _commit = connection.Prepare("COMMIT");

    /// <summary>Whether a group without commits would still find something to do.</summary>
    public bool HasUpkeep { get; private set; }

    /// <summary>Old events are looked for with the next group.</summary>
    public bool LookForAgedEvents { get; set; }

    /// <summary>Writes the group, or nothing of it; each commit's fault says how it went for that one.</summary>
    public bool Write(ReadOnlySpan<PendingCommit> group)
    {
        try
        {
            folding.StartIfDue();
            _begin.Run();
            WriteUpkeep(group.Length);
            Stage(group);
            foreach (var commit in group)
            {
                if (commit.Fault is null)
                {
                    journal.Append(commit, progress.Next.Trimmed);
                    topics.Append(commit);
                    audit.Append(commit);
                }
            }

            progress.Save();
            _commit.Run();
        }
        catch (Exception e)
        {
            Undo(group, e);
            return false;
        }

        Publish(group);
        return true;
    }

    private void WriteUpkeep(int commits)
    {
        // Without commits there is time for larger slices.
        var rowsNow = commits == 0 ? 1024 : Math.Max(LeastRows, commits);
        folding.Write(rowsNow);
        HasUpkeep = trimming.Write(2 * rowsNow, folding.UnfoldedBytes);
        topicTrimming.WriteOversized(rowsNow);
        if (LookForAgedEvents)
        {
            LookForAgedEvents = topicTrimming.WriteAged(rowsNow);
            HasUpkeep |= LookForAgedEvents;
            topics.Forget();
        }
    }

    private void Stage(ReadOnlySpan<PendingCommit> group)
    {
        audit.Begin();
        foreach (var commit in group)
        {
            var entry = rows.Find(commit.Agent);
            if (commit.Commit.Etag != (entry?.NextEtag ?? 0))
            {
                commit.Fault = new StaleEtagException(commit.Agent, commit.Commit.Etag);
            }
            else if ((commit.Fault = audit.Stage(commit, entry)) is null
                && (commit.Events.Length == 0 || (commit.Fault = topics.Stage(commit)) is null))
            {
                commit.Stage(entry ?? rows.Create(commit.Agent), journal.TakeSeq());
                audit.Staged(commit);
            }
        }
    }

    private void Publish(ReadOnlySpan<PendingCommit> group)
    {
        journal.Commit();
        progress.Commit();
        lock (table.Sync)
        {
            folding.Commit();
            foreach (var commit in group)
            {
                if (commit.Fault is null)
                {
                    Apply(commit, commit.Entry!);
                }
            }
        }

        topics.Commit();
        table.Evict(64 + 2 * group.Length);
        HasUpkeep |= folding.IsRunning;
    }

    private void Apply(PendingCommit commit, AgentEntry entry)
    {
        var changes = commit.Commit;
        var carries = ReferenceEquals(entry.StateCarrier, commit);
        entry.Commit(commit.Header, commit.Seq, carries ? changes.State : null);
        entry.Acknowledge(changes.Acknowledged);
        for (var item = 0; item < changes.Outgoing.Count; item++)
        {
            entry.Send(changes.Outgoing[item].Envelope.Id, commit.Seq, item);
        }

        entry.Move(changes.Positions);
        table.Touch(entry, carries ? changes.State!.Value.Length : 0);
        if (carries)
        {
            entry.StateCarrier = null;
        }
    }

    private void Undo(ReadOnlySpan<PendingCommit> group, Exception cause)
    {
        connection.Rollback();
        journal.Undo();
        progress.Undo();
        topics.Undo();
        HasUpkeep = false;
        foreach (var commit in group)
        {
            if (commit.Entry is { } entry && commit.Fault is null)
            {
                entry.Unstage();
                // An entry made for this group was never written.
                if (entry is { Etag: 0, HasRow: false } && table.Find(entry.Id) is not null)
                {
                    table.Remove(entry);
                }
            }
        }

        foreach (var commit in group)
        {
            commit.Fault ??= commit.Entry is { } entry && commit.Commit.Etag != entry.Etag
                ? new StaleEtagException(commit.Agent, commit.Commit.Etag)
                : new AgentStoreException(cause is AgentStoreException ? cause.Message : $"The commit could not be written: {cause.Message}", cause);
        }

        if (group.Length > 0)
        {
            StoreLog.CommitsFailed(logger, group.Length, cause);
        }
        else
        {
            StoreLog.UpkeepFailed(logger, cause);
        }
    }
}
