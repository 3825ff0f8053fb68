using System.Diagnostics;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Measuring;

namespace OrleansAgents.Tests.Workload;

/// <summary>Callers that have agents of their random choice commit to the SQLite store, each without waiting for the others.</summary>
internal abstract class CommitLoad(SqliteAgentStore store, int agents, int callers, GroupSize groups) : Variant
{
    private const int FilledAtOnce = 2000;

    /// <summary>Commits to every agent once, so that none is new when it is measured.</summary>
    public async Task FillAsync()
    {
        foreach (var some in Enumerable.Range(0, agents).Chunk(FilledAtOnce))
        {
            await Task.WhenAll(some.Select(agent => CommitAsync(agent).AsTask()));
        }

        await store.RunOnWriterAsync(open => open.Fold());
    }

    /// <summary>Ends when a commit to the agent is stored.</summary>
    protected abstract ValueTask CommitAsync(int agent);

    protected override async Task<long> LoadAsync(long end)
    {
        var before = await StoreProgress.CountGroupsAsync(store);
        var commits = (await Task.WhenAll(Enumerable.Range(0, callers).Select(i => Task.Run(() => CallAsync(new Random(i), end))))).Sum();
        groups.Note(commits, await StoreProgress.CountGroupsAsync(store) - before);
        await StoreProgress.RestAsync(store);
        return commits;
    }

    private async Task<long> CallAsync(Random random, long end)
    {
        var commits = 0L;
        var last = Stopwatch.GetTimestamp();
        while (last < end)
        {
            await CommitAsync(random.Next(agents));
            var now = Stopwatch.GetTimestamp();
            Latencies.Add(now - last);
            last = now;
            commits++;
        }

        return commits;
    }
}

/// <summary>What the store's writer has done, and still has to do.</summary>
internal static class StoreProgress
{
    public static async Task<long> CountGroupsAsync(SqliteAgentStore store)
    {
        var count = 0L;
        await store.RunOnWriterAsync(open => count = open.Writer.Groups);
        return count;
    }

    /// <summary>Waits for what commits left to do: it is theirs, not the other variant's.</summary>
    public static async Task RestAsync(SqliteAgentStore store)
    {
        var isAtRest = false;
        while (!isAtRest)
        {
            await store.RunOnWriterAsync(open => isAtRest = open.IsAtRest);
        }
    }
}

/// <summary>How many commits the store put into a transaction lately.</summary>
internal sealed class GroupSize
{
    public int Value { get; private set; } = 1;

    public void Note(long commits, long groups) => Value = (int)Math.Max(1, commits / Math.Max(1, groups));
}
