using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>What a durable agent has in the store: its last committed state and the etag to commit the next on.</summary>
internal sealed partial class DurableState(IAgentStore? store, AgentId id, IDurableAgent agent)
{
    private readonly IAgentStore _store = store ?? new NoStore();

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly List<MessageId> _acknowledged = [];
    private ReadOnlyMemory<byte>? _committed;
    private long _etag;

    /// <summary>Reads what the store keeps; null when it keeps nothing. The refusal says why it could not be read.</summary>
    public async ValueTask<(AgentRecord? Record, Refusal? Refusal)> LoadAsync(ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            var record = await _store.LoadAsync(id, cancellationToken);
            agent.ReadState(record?.State);
            _etag = record?.Etag ?? 0;
            _committed = record?.State;
            return (record, null);
        }
        catch (Exception e) when (e is AgentStoreException or JsonException)
        {
            LogNotRead(logger, id, e);
            return (null, new Refusal(RefusalCodes.StoreUnavailable, $"The state of {id} could not be read; nothing was changed. The silo's log says why."));
        }
    }

    /// <summary>
    /// Commits a turn: state, handled message, outgoing messages and what was acknowledged since, together. It takes no
    /// cancellation: the turn is past the point where one could take it back.
    /// </summary>
    public ValueTask CommitAsync(AgentContext context, Reply reply, DateTimeOffset now)
    {
        var json = reply.ToJson();
        return CommitAsync(new HandledMessage(context.Message.Id, now, json is null ? null : json.AsMemory()), context.Outgoing ?? []);
    }

    /// <summary>Commits only what was acknowledged since the last commit.</summary>
    public ValueTask CommitAcknowledgedAsync() => CommitAsync(handled: null, []);

    private async ValueTask CommitAsync(HandledMessage? handled, IReadOnlyList<Envelope> outgoing)
    {
        await _one.WaitAsync();
        try
        {
            var state = handled is null ? null : agent.WriteState();
            var changed = state is not null && !(_committed is { } old && old.Span.SequenceEqual(state));
            var acknowledged = _acknowledged.ToArray();
            _etag = await _store.CommitAsync(
                id,
                new AgentCommit
                {
                    Etag = _etag,
                    State = changed ? state : null,
                    Handled = handled,
                    Outgoing = outgoing,
                    Acknowledged = acknowledged,
                },
                CancellationToken.None);
            _acknowledged.RemoveRange(0, acknowledged.Length);
            if (changed)
            {
                _committed = state;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Notes that an outgoing message arrived; the next commit tells the store.</summary>
    public void Acknowledge(MessageId sent) => _acknowledged.Add(sent);

    public byte[] Snapshot() => agent.WriteState();

    public void Restore(ReadOnlyMemory<byte> snapshot) => agent.ReadState(snapshot);

    /// <summary>Takes the agent back to its last committed state.</summary>
    public void RollBack() => agent.ReadState(_committed);

    [LoggerMessage(Level = LogLevel.Error, Message = "The state of {Agent} could not be read")]
    private static partial void LogNotRead(ILogger logger, AgentId agent, Exception exception);

    /// <summary>Stands where nobody chose a store, and says so.</summary>
    private sealed class NoStore : IAgentStore
    {
        public ValueTask<AgentRecord?> LoadAsync(AgentId agent, CancellationToken cancellationToken) => throw Missing();

        public ValueTask<long> CommitAsync(AgentId agent, AgentCommit commit, CancellationToken cancellationToken) => throw Missing();

        public ValueTask<IReadOnlyList<AgentId>> ReadDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => throw Missing();

        private static AgentStoreException Missing() =>
            new("This silo has no store for durable agents: call UseMemoryStorage(), or another Use…Storage(), on the silo builder.");
    }
}
