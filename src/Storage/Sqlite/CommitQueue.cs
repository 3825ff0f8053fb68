namespace OrleansAgents.Sqlite;

/// <summary>What waits for the writer: commits in the order they were handed in, and tasks to be done between groups.</summary>
internal sealed class CommitQueue
{
    private readonly object _lock = new();
    private List<PendingCommit> _commits = [];
    private List<Action> _tasks = [];
    private bool _waiting;
    private bool _closed;

    /// <summary>False once the queue is closed.</summary>
    public bool TryAdd(PendingCommit commit)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _commits.Add(commit);
            Wake();
            return true;
        }
    }

    /// <summary>False once the queue is closed.</summary>
    public bool TryAdd(Action task)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _tasks.Add(task);
            Wake();
            return true;
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Wake();
        }
    }

    /// <summary>Takes everything, in exchange for two empty lists; waits for something if told to. False when closed and empty.</summary>
    public bool Take(ref List<PendingCommit> commits, ref List<Action> tasks, bool wait)
    {
        lock (_lock)
        {
            while (wait && !_closed && _commits.Count == 0 && _tasks.Count == 0)
            {
                _waiting = true;
                Monitor.Wait(_lock);
                _waiting = false;
            }

            (_commits, commits) = (commits, _commits);
            (_tasks, tasks) = (tasks, _tasks);
            return !_closed || commits.Count > 0 || tasks.Count > 0;
        }
    }

    private void Wake()
    {
        if (_waiting)
        {
            Monitor.Pulse(_lock);
        }
    }
}
