using System.Collections.Concurrent;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Memory;

/// <summary>Keeps agents in this process's memory: for tests and first steps. Everything is gone with the process.</summary>
public sealed class MemoryAgentStore : IAgentStore
{
    private const int HandledWindow = 10_000;
    private readonly ConcurrentDictionary<AgentId, Entry> _agents = new();

    /// <inheritdoc/>
    public ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken)
    {
        if (!_agents.TryGetValue(agent, out var entry))
        {
            return default;
        }

        lock (entry)
        {
            return new(new AgentRecord(entry.Etag, entry.State, [.. entry.Handled], [.. entry.Outgoing]));
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken)
    {
        var entry = _agents.GetOrAdd(agent, static _ => new Entry());
        lock (entry)
        {
            if (entry.Etag != commit.Etag)
            {
                throw new StaleEtagException(agent, commit.Etag);
            }

            entry.Apply(commit);
            return new(entry.Etag);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        new([.. _agents.Where(a => a.Value.WakeAt <= now).OrderBy(a => a.Value.WakeAt).Take(limit).Select(a => a.Key)]);

    private sealed class Entry
    {
        public long Etag { get; private set; }

        public ReadOnlyMemory<byte>? State { get; private set; }

        public Queue<HandledMessage> Handled { get; } = new();

        public List<Envelope> Outgoing { get; } = [];

        public DateTimeOffset? WakeAt { get; private set; }

        public void Apply(AgentCommit commit)
        {
            Etag++;
            State = commit.State ?? State;
            WakeAt = commit.WakeAt;
            if (commit.Handled is { } handled)
            {
                Handled.Enqueue(handled);
                if (Handled.Count > HandledWindow)
                {
                    Handled.Dequeue();
                }
            }

            if (commit.Acknowledged.Count > 0)
            {
                Outgoing.RemoveAll(e => commit.Acknowledged.Contains(e.Id));
            }

            Outgoing.AddRange(commit.Outgoing);
        }
    }
}
