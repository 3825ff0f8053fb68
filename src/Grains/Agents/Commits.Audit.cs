using OrleansAgents.Audit;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <content>What an audited agent's commits take along for its log.</content>
internal sealed partial class Commits
{
    /// <summary>What the log gains; null for an agent that is not audited.</summary>
    public AuditTrail? Audit { get; init; }

    /// <summary>Notes a message that changed nothing, and so has no commit of its own: it goes with the next, soon.</summary>
    public void Note(Envelope message, Reply reply)
    {
        if (Audit is not null && Fault is null)
        {
            Audit.Note(message, reply.Outcome, reply.Refusal?.Code);
            NoteSoon();
        }
    }

    private void NoteSoon()
    {
        // Also while a commit is being written, which may have been the last for long.
        if (!_acknowledging)
        {
            _acknowledging = true;
            _ = WaitAndWriteAsync();
        }
    }

    /// <summary>
    /// Whether there is something to write. What the log gains gathers apart, for the answers of queries and of turns
    /// that failed wait for a batch that gathers, and these entries are in no hurry.
    /// </summary>
    private bool TryGather()
    {
        if (Audit is { IsDue: true } && Fault is null)
        {
            _gathering ??= new CommitBatch();
        }
        else if (Audit is { IsCounting: true } && Fault is null)
        {
            NoteSoon();
        }

        return _gathering is not null;
    }

    /// <summary>Has the batch take along what the log gains.</summary>
    private CommitBatch TakeAudit(CommitBatch batch)
    {
        if (Audit is not null)
        {
            batch.Audit = Audit.Take();
            if (Audit.IsCounting)
            {
                NoteSoon();
            }
        }

        return batch;
    }
}
