using System.Collections.Concurrent;

namespace OrleansAgents.Sqlite;

/// <summary>Commits that were awaited, to be used again with their buffers.</summary>
internal sealed class CommitPool
{
    private const int Most = 4096;

    private readonly ConcurrentQueue<PendingCommit> _free = new();

    public PendingCommit Rent() => _free.TryDequeue(out var commit) ? commit : new PendingCommit();

    public void Return(PendingCommit commit)
    {
        commit.Reset();
        if (_free.Count < Most)
        {
            _free.Enqueue(commit);
        }
    }
}
