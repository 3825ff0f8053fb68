using System.Diagnostics;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Sqlite;
using OrleansAgents.Tests.Measuring;

namespace OrleansAgents.Tests.Workload;

/// <summary>Callers that commit to agents of their random choice, each at the next etag without waiting for the others.</summary>
internal sealed class StoreLoad(SqliteAgentStore store, int agents, int callers, GroupSize groups) : Variant
{
    private static readonly ReadOnlyMemory<byte> State = Bytes(500);
    private static readonly ReadOnlyMemory<byte> Reply = Bytes(150);

    private readonly Target[] _targets = [.. Enumerable.Range(0, agents).Select(i => new Target(new AgentId("pricer", $"agent-{i}")))];

    /// <summary>Commits to every agent once, so that none is new when it is measured.</summary>
    public async Task FillAsync()
    {
        foreach (var some in _targets.Chunk(2000))
        {
            await Task.WhenAll(some.Select(target => CommitAsync(target).AsTask()));
        }

        await store.RunOnWriterAsync(open => open.Fold());
    }

    protected override async Task<long> LoadAsync(long end)
    {
        var before = await CountGroupsAsync();
        var commits = (await Task.WhenAll(Enumerable.Range(0, callers).Select(i => Task.Run(() => CallAsync(new Random(i), end))))).Sum();
        groups.Value = (int)Math.Max(1, commits / Math.Max(1, await CountGroupsAsync() - before));
        // What the commits left to do is theirs, not the other variant's.
        var isAtRest = false;
        while (!isAtRest)
        {
            await store.RunOnWriterAsync(open => isAtRest = open.IsAtRest);
        }

        return commits;
    }

    private async Task<long> CallAsync(Random random, long end)
    {
        var commits = 0L;
        var last = Stopwatch.GetTimestamp();
        while (last < end)
        {
            await CommitAsync(_targets[random.Next(_targets.Length)]);
            var now = Stopwatch.GetTimestamp();
            if (callers == 1)
            {
                Latencies.Add(now - last);
            }

            last = now;
            commits++;
        }

        return commits;
    }

    private ValueTask CommitAsync(Target target)
    {
        var handled = new HandledMessage(MessageId.New(), TimeProvider.System.GetUtcNow(), Reply);
        lock (target)
        {
            return store.CommitAsync(target.Agent, new AgentCommit { Etag = target.Etag++, State = State, Handled = [handled] }, CancellationToken.None);
        }
    }

    private async Task<long> CountGroupsAsync()
    {
        var count = 0L;
        await store.RunOnWriterAsync(open => count = open.Writer.Groups);
        return count;
    }

    private static ReadOnlyMemory<byte> Bytes(int count) => new byte[count].AsMemory();

    private sealed class Target(AgentId agent)
    {
        public AgentId Agent { get; } = agent;

        public long Etag { get; set; }
    }
}

/// <summary>How many commits the store put into a transaction lately.</summary>
internal sealed class GroupSize
{
    public int Value { get; set; } = 1;
}
