using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Sqlite;

namespace OrleansAgents.Tests.Workload;

/// <summary>Commits handed to the store itself, each at its agent's next etag.</summary>
internal sealed class StoreLoad(SqliteAgentStore store, int agents, int callers, GroupSize groups) : CommitLoad(store, agents, callers, groups)
{
    private static readonly ReadOnlyMemory<byte> State = Bytes(500);
    private static readonly ReadOnlyMemory<byte> Reply = Bytes(150);

    private readonly SqliteAgentStore _store = store;
    private readonly Target[] _targets = [.. Enumerable.Range(0, agents).Select(i => new Target(new AgentId("pricer", $"agent-{i}")))];

    protected override ValueTask CommitAsync(int agent)
    {
        var target = _targets[agent];
        var handled = new HandledMessage(MessageId.New(), TimeProvider.System.GetUtcNow(), Reply);
        lock (target)
        {
            return _store.CommitAsync(target.Agent, new AgentCommit { Etag = target.Etag++, State = State, Handled = [handled] }, CancellationToken.None);
        }
    }

    private static ReadOnlyMemory<byte> Bytes(int count) => new byte[count].AsMemory();

    private sealed class Target(AgentId agent)
    {
        public AgentId Agent { get; } = agent;

        public long Etag { get; set; }
    }
}
