using System.Collections.Concurrent;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Memory;
using OrleansAgents.Messaging;
using OrleansAgents.Tests.Audit;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Testing;

/// <summary>A store in memory that knows every commit it took, and can hold commits back.</summary>
public sealed class StoreHistory : IAgentStore
{
    private readonly MemoryAgentStore _memory = new();
    private readonly ConcurrentQueue<(AgentId Agent, AgentCommit Commit)> _taken = new();
    private volatile TaskCompletionSource? _held;
    private int _refused, _loads;

    public ITopicLog Log => _memory;

    /// <summary>How many commits came from an activation that another had overtaken.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public int Loads => Volatile.Read(ref _loads);

    /// <summary>From now on commits wait until <see cref="Release"/>.</summary>
    public void Hold() => _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    public ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _loads);
        return _memory.LoadAsync(agent, cancellationToken);
    }

    public async ValueTask CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken)
    {
        await (_held?.Task ?? Task.CompletedTask);
        try
        {
            await _memory.CommitAsync(agent, commit, cancellationToken);
        }
        catch (StaleEtagException)
        {
            Interlocked.Increment(ref _refused);
            throw;
        }

        _taken.Enqueue((agent, commit));
    }

    public ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        _memory.ReadDueAsync(until, limit, cancellationToken);

    public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(AgentId agent, long after, int limit, CancellationToken cancellationToken) =>
        _memory.ReadAuditAsync(agent, after, limit, cancellationToken);

    /// <summary>Whether none of these agents has anything to send.</summary>
    public async ValueTask<bool> IsSettledAsync(AgentId[] agents, CancellationToken cancellationToken)
    {
        foreach (var agent in agents)
        {
            if ((await _memory.LoadAsync(agent, cancellationToken))?.Outgoing.Count > 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Every commit built on the one before it, no message was handled by two, and the log of an audited agent is one
    /// chain with an entry for each message handled.
    /// </summary>
    public void Check()
    {
        foreach (var agent in _taken.GroupBy(t => t.Agent))
        {
            Assert.Equal(Enumerable.Range(0, agent.Count()).Select(i => (long)i), agent.Select(t => t.Commit.Etag).Order());
            var handled = agent.SelectMany(t => t.Commit.Handled).Select(h => h.Id).ToArray();
            Assert.Equal(handled.Length, handled.Distinct().Count());
            CheckAudit(agent.Key, [.. agent.OrderBy(t => t.Commit.Etag).Select(t => t.Commit)]);
        }

        Assert.NotEmpty(_taken);
    }

    private static void CheckAudit(AgentId agent, AgentCommit[] commits)
    {
        AuditEntry[] audit = [.. commits.SelectMany(c => c.Audit)];
        if (audit.Length == 0)
        {
            return;
        }

        AuditLog.AssertWhole(agent, audit);
        Guid[] handled = [.. commits.SelectMany(c => c.Handled).Select(h => h.Id.Value)];
        Assert.Equal(handled, audit.Where(e => e.Outcome == Outcome.Accepted).Select(e => e.Id!.Value).Where(handled.ToHashSet().Contains));
    }
}
