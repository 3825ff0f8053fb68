using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// The messages that wait for their turn, first in first out, those whose turn runs on, and those whose turn is over and
/// not stored yet: found by id, so that a duplicate joins its twin and a cancellation finds its message.
/// </summary>
/// <param name="refused">Learns of messages that are refused before their turn.</param>
internal sealed class TurnQueue(Action<Envelope, Refusal> refused)
{
    private readonly Dictionary<MessageId, PendingTurn> _pending = [];
    private readonly Queue<PendingTurn> _waiting = new();

    public int Waiting => _waiting.Count;

    /// <summary>Whether no turn runs on, waits, or is over and not stored.</summary>
    public bool IsEmpty => _pending.Count == 0;

    public PendingTurn? Find(MessageId message) => _pending.GetValueOrDefault(message);

    /// <summary>Makes a message known whose turn has begun.</summary>
    public PendingTurn Track(Envelope envelope, Handler handler)
    {
        var turn = new PendingTurn(envelope, handler);
        _pending[envelope.Id] = turn;
        return turn;
    }

    public PendingTurn Enqueue(Envelope envelope, Handler handler)
    {
        var turn = Track(envelope, handler);
        turn.IsWaiting = true;
        _waiting.Enqueue(turn);
        return turn;
    }

    /// <summary>The next message whose turn it is; those cancelled or expired meanwhile are settled on the way.</summary>
    public PendingTurn? Next(TimeProvider time)
    {
        while (_waiting.TryDequeue(out var turn))
        {
            if (turn.Task.IsCompleted)
            {
                continue;
            }

            turn.IsWaiting = false;
            if (turn.Envelope.Deadline == 0 || turn.Envelope.Deadline > time.GetUtcNow().UtcTicks)
            {
                return turn;
            }

            Refuse(turn, new Refusal(RefusalCodes.Expired, $"The message expired at {turn.Envelope.ExpiresAt:O}, before its turn came."));
        }

        return null;
    }

    public void Settle(PendingTurn turn, Reply reply)
    {
        _pending.Remove(turn.Envelope.Id);
        turn.TrySetResult(reply);
    }

    /// <summary>Refuses a message for good before its turn.</summary>
    public void Refuse(PendingTurn turn, Refusal refusal)
    {
        refused(turn.Envelope, refusal);
        Settle(turn, Reply.Refused(refusal));
    }

    public void SettleWaiting(Refusal refusal)
    {
        while (_waiting.TryDequeue(out var turn))
        {
            Settle(turn, Reply.Refused(refusal));
        }
    }
}

/// <summary>A message whose sender waits for the answer.</summary>
internal sealed class PendingTurn(Envelope envelope, Handler handler)
    : TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Envelope Envelope { get; } = envelope;

    public Handler Handler { get; } = handler;

    public bool IsWaiting { get; set; }

    /// <summary>When its turn began, as a timestamp of the stopwatch.</summary>
    public long Started { get; set; }

    /// <summary>The answer, for a duplicate of the message.</summary>
    public async ValueTask<Reply> JoinAsync() => (await Task).AsDuplicate();
}
