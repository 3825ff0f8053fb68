using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;

namespace OrleansAgents.Sqlite;

/// <summary>The thread that alone writes the file: it takes what waits, writes it in groups, and has the callers told elsewhere.</summary>
internal sealed class StoreWriter
{
    // A transaction's pages are held in memory, so large commits make small groups.
    private const int MostGroupBytes = 16 << 20;
    private const int Few = 4;

    private readonly CommitQueue _queue;
    private readonly GroupWriter _groups;
    private readonly Checkpointer _checkpointer;
    private readonly SqliteStoreOptions _options;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    public StoreWriter(CommitQueue queue, GroupWriter groups, Checkpointer checkpointer, SqliteStoreOptions options, ILogger logger)
    {
        (_queue, _groups, _checkpointer, _options, _logger) = (queue, groups, checkpointer, options, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "agent store" };
    }

    /// <summary>Ends when the queue is closed and everything in it is written.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why nothing is written any more; null while all is well.</summary>
    public Exception? Broken { get; private set; }

    /// <summary>How many groups were written.</summary>
    public long Groups { get; private set; }

    public void Start() => _thread.Start();

    private void Run()
    {
        var commits = new List<PendingCommit>();
        var tasks = new List<Action>();
        while (_queue.Take(ref commits, ref tasks, wait: !_groups.HasUpkeep))
        {
            try
            {
                _taken = 0;
                tasks.ForEach(task => task());
                WriteAll(commits);
            }
            catch (Exception e) when (Broken is null)
            {
                // Memory and file may differ now, so nothing may be built on memory any more.
                Broken = e;
                StoreLog.Broken(_logger, e);
                Refuse(commits);
            }

            tasks.Clear();
            commits.Clear();
        }

        _ended.SetResult();
    }

    private void WriteAll(List<PendingCommit> commits)
    {
        if (Broken is not null)
        {
            Refuse(commits);
            return;
        }

        do
        {
            var (next, bytes) = (_taken, 0);
            while (next < commits.Count && next - _taken < _options.GroupCommits && bytes < MostGroupBytes)
            {
                bytes += commits[next++].Body.Length;
            }

            var group = commits.GetRange(_taken, next - _taken).ToArray();
            _groups.Write(group);
            _taken = next;
            Groups += group.Length > 0 ? 1 : 0;
            Tell(group);
            _checkpointer.Note();
        }
        while (_taken < commits.Count);
    }

    private void Refuse(List<PendingCommit> commits)
    {
        var refused = commits.GetRange(_taken, commits.Count - _taken).ToArray();
        foreach (var commit in refused)
        {
            commit.Fault = new AgentStoreException("The store's writer failed and takes no more commits; restart this process.", Broken);
        }

        Tell(refused);
    }

    private static void Tell(PendingCommit[] group)
    {
        var completion = new Completion(group);
        if (group.Length <= Few)
        {
            // Each caller goes on in a work item of its own; for a few, one more in between would only cost time.
            completion.Execute();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(completion, preferLocal: false);
        }
    }

    /// <summary>Tells the callers of a group.</summary>
    private sealed class Completion(PendingCommit[] group) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            foreach (var commit in group)
            {
                commit.Complete();
            }
        }
    }
}
