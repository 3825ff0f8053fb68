using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Testing.Hosting;

/// <summary>
/// The messages under way: those being delivered, and those whose sender was told to try again and has not yet.
/// </summary>
internal sealed class Traffic(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Flight> _flights = [];
    private readonly Dictionary<(MessageId, AgentId), Flight> _owed = [];
    private CancellationTokenSource _lost = new();
    private TaskCompletionSource _changed = New();

    /// <summary>A try of a message begins.</summary>
    public Flight Begin(Envelope envelope, AgentId sender, TestSiloLife? silo)
    {
        lock (_lock)
        {
            var flight = new Flight(envelope, sender, silo, _lost.Token);
            _flights.Add(flight);
            return flight;
        }
    }

    /// <summary>A try ends; <paramref name="comesAgain"/> when its sender is going to repeat it.</summary>
    public void End(Flight flight, bool comesAgain) => Change(() =>
    {
        _flights.Remove(flight);
        var key = (flight.Envelope.Id, flight.Envelope.Recipient);
        if (comesAgain)
        {
            _owed[key] = flight;
        }
        else
        {
            _owed.Remove(key);
        }
    });

    /// <summary>What is under way now has no answer any more, as when a silo dies that it passed; senders repeat it.</summary>
    public void LoseAll()
    {
        CancellationTokenSource lost;
        lock (_lock)
        {
            (lost, _lost) = (_lost, new());
        }

        lost.Cancel();
    }

    /// <summary>Those who are gone repeat nothing.</summary>
    public void Forget(Func<Flight, bool> isGone) => Change(() =>
    {
        foreach (var key in _owed.Where(o => isGone(o.Value)).Select(o => o.Key).ToArray())
        {
            _owed.Remove(key);
        }
    });

    /// <exception cref="TimeoutException">Something is under way still; the message lists it.</exception>
    public async Task IdleAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(patience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        while (true)
        {
            Task changed;
            string[] underWay;
            lock (_lock)
            {
                underWay = UnderWay();
                changed = _changed.Task;
            }

            if (underWay.Length == 0)
            {
                return;
            }

            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"After {patience.TotalSeconds:0.##} s there is still under way:{string.Concat(underWay.Select(u => $"{Environment.NewLine}  {u}"))}", e);
            }
        }
    }

    // A sender whose deadline is over has given up, and says so to nobody.
    private string[] UnderWay() =>
    [
        .. _flights.Select(f => f.Envelope.ToString()),
        .. _owed.Values.Where(f => f.Envelope.ExpiresAt is not { } end || end > time.GetUtcNow()).Select(f => $"{f.Envelope}, to be sent again"),
    ];

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>One try of a message.</summary>
internal sealed record Flight(Envelope Envelope, AgentId Sender, TestSiloLife? Silo, CancellationToken Lost);
