using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// Ends a running turn: when its caller cancels, or when its deadline passes. Handlers that never wait share one token
/// source and arm no timer; a handler that waits may keep its token, so the next turn gets another source.
/// </summary>
internal sealed class TurnCancellation(TimeProvider time)
{
    // A timer holds no more than 49 days, and no activation lives that long in one turn.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);

    private CancellationTokenSource _source = new();
    private ITimer? _deadline;

    public CancellationToken Token => _source.Token;

    public bool IsCancelled => _source.IsCancellationRequested;

    /// <summary>Whether the caller ended the turn, and not its deadline: a timer may fire a little before the clock says so.</summary>
    public bool ByCaller { get; private set; }

    public void Cancel()
    {
        ByCaller = !IsCancelled;
        _source.Cancel();
    }

    public void Arm(Envelope envelope)
    {
        var left = envelope.Deadline == 0
            ? Timeout.InfiniteTimeSpan
            : new TimeSpan(Math.Clamp(envelope.Deadline - time.GetUtcNow().UtcTicks, 0, LongestWait.Ticks));
        _deadline = time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), _source, left, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the turn's part in it.</summary>
    public void Renew()
    {
        if (_deadline is not null || _source.IsCancellationRequested)
        {
            _deadline?.Dispose();
            _deadline = null;
            _source = new CancellationTokenSource();
            ByCaller = false;
        }
    }
}
