using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;
using OrleansAgents.Topics;

namespace OrleansAgents.Agents;

/// <summary>
/// Stores what a durable agent's turns changed. Turns run ahead of it: while one commit is being written the next
/// gathers, and the answers and messages of a turn leave when its commit is stored. A commit that cannot be written
/// takes every turn that built on it back, and with them the activation.
/// </summary>
internal sealed partial class Commits(AgentHost host, AgentId id, IDurableAgent agent, ICommitObserver observer)
{
    // An acknowledgement may wait this long for a turn's commit to travel with: a crash before it only sends again.
    private static readonly TimeSpan AcknowledgeWithin = TimeSpan.FromMilliseconds(200);

    private readonly IAgentStore _store = host.Store ?? new NoStore();
    private readonly Dictionary<TopicId, long> _positions = [];
    private CommitBatch? _gathering, _writing;
    private TaskCompletionSource? _idle;
    private byte[]? _state;
    private long _etag, _lastEvent;
    private bool _acknowledging;

    /// <summary>The message whose turn was recorded last.</summary>
    public MessageId LastRecorded { get; private set; }

    /// <summary>When the store will have the agent woken, as far as it has been told.</summary>
    public DateTimeOffset? WakeAt { get; private set; }

    /// <summary>Why nothing can be recorded any more; null while all is well.</summary>
    public Refusal? Fault { get; private set; }

    /// <summary>Reads what the store keeps; null when it keeps nothing. The refusal says why it could not be read.</summary>
    public async ValueTask<(AgentRecord? Record, Refusal? Refusal)> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var record = await _store.LoadAsync(id, cancellationToken);
            _state = record?.State?.ToArray();
            agent.ReadState(_state);
            agent.IsStateTouched = false;
            _etag = record?.Etag ?? 0;
            _lastEvent = record?.LastEvent ?? 0;
            Audit?.Restore(record?.Audit);
            WakeAt = record?.WakeAt;
            foreach (var position in record?.Positions ?? [])
            {
                _positions[position.Topic] = position.Position;
            }

            return (record, null);
        }
        catch (Exception e) when (e is AgentStoreException or JsonException)
        {
            LogNotRead(host.Logger, id, e);
            return (null, new Refusal(RefusalCodes.StoreUnavailable, $"The state of {id} could not be read; nothing was changed. The silo's log says why."));
        }
    }

    /// <summary>The last event of a topic that the agent handled; 0 for none.</summary>
    public long PositionIn(TopicId topic) => _positions.GetValueOrDefault(topic);

    /// <summary>The position of the last event that the agent appended to its own log.</summary>
    public long LastEvent => _lastEvent;

    /// <summary>Records a turn that succeeded. It throws before it has changed anything, when state, answer or messages are no JSON.</summary>
    public void Record(AgentContext context, PendingTurn turn, Reply reply)
    {
        if (context.Outgoing is not null || context.Events is not null)
        {
            CommitBatch.Check(context);
        }

        var answer = reply.ToJson();
        var state = agent.IsStateTouched ? agent.WriteState() : null;
        agent.IsStateTouched = false;
        var batch = _gathering ??= new CommitBatch();
        if (state is not null && !state.AsSpan().SequenceEqual(_state))
        {
            _state = state;
            batch.State = state;
        }

        var now = host.Time.GetUtcNow();
        batch.Add(context, turn, reply, answer, now);
        foreach (var message in context.Events ?? [])
        {
            batch.Append(++_lastEvent, message, now);
        }

        if (context.Message.Extras?.Position is { } position)
        {
            _positions[position.Topic] = position.Position;
        }

        Audit?.Note(context.Message, Outcome.Accepted, code: null);
        LastRecorded = context.Message.Id;
        observer.Recording(context, turn, batch);
        Write();
    }

    /// <summary>Answers a turn that recorded nothing, once what it may have read is stored.</summary>
    /// <returns>False when all is stored, so that it may be answered at once.</returns>
    public bool TryFollow(PendingTurn turn, Reply reply)
    {
        // What gathers after a failed commit is never written, and an acknowledgement alone takes its time: nothing waits for them.
        var batch = Fault is not null ? null : _gathering is { Turns.Count: > 0 } or { State: not null } ? _gathering : _writing;
        batch?.Turns.Add((turn, reply));
        return batch is not null;
    }

    /// <summary>Notes that an outgoing message arrived or was given up on.</summary>
    public void Acknowledge(MessageId sent)
    {
        (_gathering ??= new CommitBatch()).Acknowledge(sent);
        WriteSoon();
    }

    /// <summary>Notes how far the agent came in a topic of its own.</summary>
    public void Reached(TopicPosition position)
    {
        _positions[position.Topic] = position.Position;
        (_gathering ??= new CommitBatch()).Reached(position);
        WriteSoon();
    }

    /// <summary>Notes that the state changed outside a turn.</summary>
    public void RecordState()
    {
        (_gathering ??= new CommitBatch()).State = _state = agent.WriteState();
        agent.IsStateTouched = false;
        WriteSoon();
    }

    /// <summary>Has outgoing messages stored that stand for others: to be tried again later, or dead letters.</summary>
    public void Replace(MessageId? old, OutgoingMessage message)
    {
        var batch = _gathering ??= new CommitBatch();
        if (old is { } sent)
        {
            batch.Acknowledge(sent);
        }

        batch.Outgoing.Add(message);
        Write();
    }

    /// <summary>Writes what has gathered, and when to wake the agent.</summary>
    public void Write()
    {
        if (_writing is null && Fault is null)
        {
            _gathering ??= new CommitBatch();
            _ = WriteAsync();
        }
    }

    /// <summary>Ends when nothing is left to be written, or nothing more can be.</summary>
    public Task DrainAsync()
    {
        Audit?.CloseCount();
        if (TryGather())
        {
            Write();
        }

        return _writing is null ? Task.CompletedTask : (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private void WriteSoon()
    {
        if (!_acknowledging && _writing is null)
        {
            _acknowledging = true;
            _ = WaitAndWriteAsync();
        }
    }

    private async Task WaitAndWriteAsync()
    {
        await Task.Delay(AcknowledgeWithin, host.Time);
        _acknowledging = false;
        if (TryGather())
        {
            Write();
        }
    }

    private async Task WriteAsync()
    {
        while (_gathering is { } batch)
        {
            (_gathering, _writing) = (null, batch);
            try
            {
                var wakeAt = observer.WakeAt(batch);
                await _store.CommitAsync(id, TakeAudit(batch).ToCommit(_etag, wakeAt), CancellationToken.None);
                _etag++;
                WakeAt = wakeAt;
            }
            catch (Exception e)
            {
                // The boundary: whatever it is, the turns are not stored, and their senders learn it.
                Fail(e);
                break;
            }

            observer.Committed(batch);
        }

        _writing = null;
        _idle?.TrySetResult();
        _idle = null;
    }

    private void Fail(Exception exception)
    {
        LogNotWritten(host.Logger, id, exception);
        Fault = exception is StaleEtagException
            ? new Refusal(RefusalCodes.Stopping, $"{id} gave way to another activation; the same message sent again reaches that.")
            : new Refusal(RefusalCodes.StoreUnavailable, $"The store could not take the turn of {id}; it changed nothing.");
        TurnTelemetry.NotStored(id.Kind, Fault);
        var lost = _writing!;
        lost.Turns.AddRange(_gathering?.Turns ?? []);
        _gathering = null;
        observer.Lost(lost, Fault);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The state of {Agent} could not be read")]
    private static partial void LogNotRead(ILogger logger, AgentId agent, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store could not take the turns of {Agent}; they changed nothing, and the agent starts anew")]
    private static partial void LogNotWritten(ILogger logger, AgentId agent, Exception exception);
}
