using System.Collections.Concurrent;
using OrleansAgents.Agents;
using OrleansAgents.Audit;
using OrleansAgents.Formats;
using OrleansAgents.Topics;

namespace OrleansAgents.Memory;

/// <summary>Keeps agents and topics in this process's memory: for tests and first steps. Everything is gone with the process.</summary>
/// <param name="window">How far back handled messages are known; null for the defaults.</param>
/// <param name="time">The clock that the window is measured by; null for the system's.</param>
public sealed class MemoryAgentStore(HandledWindow? window = null, TimeProvider? time = null) : IAgentStore, ITopicLog
{
    private readonly HandledWindow _window = window ?? new HandledWindow();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ConcurrentDictionary<AgentId, MemoryAgent> _agents = new();
    private readonly MemoryEvents _events = new();

    /// <inheritdoc/>
    public int Partitions => 1;

    /// <inheritdoc/>
    public ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken)
    {
        if (!_agents.TryGetValue(agent, out var entry))
        {
            return default;
        }

        lock (entry)
        {
            // An entry whose first commit was refused is nothing yet.
            return new(entry.Etag == 0 ? null : entry.Read(_window, _time.GetUtcNow()));
        }
    }

    /// <inheritdoc/>
    public ValueTask CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        var entry = _agents.GetOrAdd(agent, static _ => new MemoryAgent());
        lock (entry)
        {
            if (entry.Etag != commit.Etag)
            {
                return ValueTask.FromException(new StaleEtagException(agent, commit.Etag));
            }

            if (AuditOrder.FindFault(agent, commit, entry.Audit.Count) is { } fault)
            {
                return ValueTask.FromException(fault);
            }

            entry.Apply(commit, _window);
            if (commit.Events.Count > 0)
            {
                _events.Append(new TopicId(agent.Key), commit.Events);
            }

            return default;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        new([.. _agents.Where(a => a.Value.WakeAt <= until).OrderBy(a => a.Value.WakeAt).Take(limit).Select(a => a.Key)]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AuditEntry>> ReadAuditAsync(AgentId agent, long after, int limit, CancellationToken cancellationToken)
    {
        if (!_agents.TryGetValue(agent, out var entry))
        {
            return new([]);
        }

        lock (entry)
        {
            return new([.. entry.Audit.Skip((int)Math.Min(after, int.MaxValue)).Take(limit)]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TopicEvent>> ReadAsync(TopicId topic, long after, int limit, CancellationToken cancellationToken) =>
        new(_events.Read(topic, after, limit));

    /// <inheritdoc/>
    public ValueTask<long> FindAsync(TopicId topic, DateTimeOffset at, CancellationToken cancellationToken) =>
        new(_events.Find(topic, at));

    /// <inheritdoc/>
    public int PartitionOf(TopicId topic) => 0;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LoggedEvent>> ReadAllAsync(int partition, long? after, int limit, CancellationToken cancellationToken) =>
        _events.ReadAllAsync(after, limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> LoadCheckpointAsync(int partition, CancellationToken cancellationToken) => new(_events.Checkpoint);

    /// <inheritdoc/>
    public ValueTask SaveCheckpointAsync(int partition, long place, CancellationToken cancellationToken)
    {
        _events.SaveCheckpoint(place);
        return default;
    }
}

/// <summary>One agent in memory.</summary>
internal sealed class MemoryAgent
{
    private readonly Queue<HandledMessage> _handled = new();
    private readonly List<OutgoingMessage> _outgoing = [];
    private readonly Dictionary<TopicId, long> _positions = [];
    private ReadOnlyMemory<byte>? _state;
    private long _lastEvent;

    public long Etag { get; private set; }

    public DateTimeOffset? WakeAt { get; private set; }

    public List<AuditEntry> Audit { get; } = [];

    public AgentRecord Read(HandledWindow window, DateTimeOffset now) => new()
    {
        Etag = Etag,
        State = _state,
        Handled = [.. _handled.SkipWhile(h => now - h.At > window.Age)],
        Outgoing = [.. _outgoing],
        Positions = [.. _positions.Select(p => new TopicPosition(p.Key, p.Value))],
        LastEvent = _lastEvent,
        WakeAt = WakeAt,
        Audit = Audit is [.., var last] ? new AuditHead(last.Sequence, last.Hash) : null,
    };

    public void Apply(AgentCommit commit, HandledWindow window)
    {
        Etag++;
        _state = commit.State ?? _state;
        WakeAt = commit.WakeAt;
        foreach (var handled in commit.Handled)
        {
            _handled.Enqueue(handled);
            if (_handled.Count > window.Count)
            {
                _handled.Dequeue();
            }
        }

        if (commit.Acknowledged.Count > 0)
        {
            _outgoing.RemoveAll(m => commit.Acknowledged.Contains(m.Envelope.Id));
        }

        foreach (var message in commit.Outgoing)
        {
            Put(message);
        }

        foreach (var position in commit.Positions)
        {
            _positions[position.Topic] = position.Position;
        }

        _lastEvent += commit.Events.Count;
        Audit.AddRange(commit.Audit);
    }

    private void Put(OutgoingMessage message)
    {
        var known = _outgoing.FindIndex(m => m.Envelope.Id == message.Envelope.Id);
        if (known < 0)
        {
            _outgoing.Add(message);
        }
        else
        {
            _outgoing[known] = message;
        }
    }
}
