using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Testing.Hosting;

/// <summary>
/// The messages under way: those being delivered or handled, and those that their sender will send again and has not yet.
/// </summary>
internal sealed class Traffic(TimeProvider time)
{
    // More than lie between the end of one call of an agent, or its answer, and the start of its next call.
    private const int StepsToTheNextCall = 16;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly HashSet<Flight> _flights = [];
    private readonly Dictionary<(MessageId, AgentId), (Flight Flight, Envelope Message)> _owed = [];
    // Of each message the last call that ended: what an earlier one tells later says nothing any more.
    private readonly Dictionary<(MessageId, AgentId), long> _ended = [];
    private readonly HashSet<(MessageId, AgentId)> _cancelled = [];
    private CancellationTokenSource _lost = new();
    private long _calls;
    private TaskCompletionSource _changed = New();

    /// <summary>A call begins, seen from the sender's side or the recipient's.</summary>
    public Flight Begin(IReadOnlyList<Envelope> messages, AgentId sender, AgentId recipient, TestSiloLife? silo)
    {
        lock (_lock)
        {
            var flight = new Flight(++_calls, messages, sender, recipient, silo, _lost.Token);
            _flights.Add(flight);
            foreach (var message in messages)
            {
                _cancelled.Remove((message.Id, recipient));
                if (Parcel.GivenUp(message) is { } givenUp)
                {
                    _owed.Remove(givenUp);
                }
            }

            return flight;
        }
    }

    /// <summary>
    /// A call ends. An agent that sends again because of it must not look idle in between, so this is noted some steps later
    /// on the agent's own scheduler.
    /// </summary>
    /// <param name="flight">The call.</param>
    /// <param name="again">The messages that their sender sends again; null when that is not for this side to know.</param>
    public async Task EndAsync(Flight flight, IReadOnlyList<Envelope>? again)
    {
        for (var step = 0; step < StepsToTheNextCall; step++)
        {
            await Task.Yield();
        }

        Change(() =>
        {
            _flights.Remove(flight);
            foreach (var message in again is null ? [] : flight.Messages)
            {
                Settle(flight, message, isOwed: again!.Contains(message));
            }
        });
    }

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

    /// <summary>Who cancels a message sends it no more, also where a call of it has not ended.</summary>
    public void Cancel(MessageId message, AgentId recipient) => Change(() =>
    {
        _cancelled.Add((message, recipient));
        _owed.Remove((message, recipient));
    });

    /// <summary>Those who are gone repeat nothing.</summary>
    public void Forget(Func<Flight, bool> isGone) => Change(() =>
    {
        foreach (var key in _owed.Where(o => isGone(o.Value.Flight)).Select(o => o.Key).ToArray())
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

            if (end.IsCancellationRequested)
            {
                throw new TimeoutException($"After {patience.TotalSeconds:0.##} s there is still under way:{string.Concat(underWay.Select(u => $"{Environment.NewLine}  {u}"))}");
            }

            // What ends with its deadline tells nobody.
            await changed.WaitAsync(LookAgain, TimeProvider.System, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Settle(Flight flight, Envelope message, bool isOwed)
    {
        var key = (message.Id, flight.Recipient);
        if (_ended.GetValueOrDefault(key) > flight.Number)
        {
            return;
        }

        _ended[key] = flight.Number;
        if (isOwed && !_cancelled.Contains(key))
        {
            _owed[key] = (flight, message);
        }
        else
        {
            _owed.Remove(key);
        }
    }

    // A sender whose deadline is over has given up, and says so to nobody.
    private string[] UnderWay() =>
    [
        .. _flights.SelectMany(f => f.Messages.Select(m => m.ToString())).Distinct(StringComparer.Ordinal),
        .. _owed.Values.Where(o => o.Message.ExpiresAt is not { } end || end > time.GetUtcNow()).Select(o => $"{o.Message}, to be sent again"),
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

/// <summary>One call. Not a record: two calls with the same message are two.</summary>
internal sealed class Flight(long number, IReadOnlyList<Envelope> messages, AgentId sender, AgentId recipient, TestSiloLife? silo, CancellationToken lost)
{
    /// <summary>Which call it was, in the order of their beginnings.</summary>
    public long Number { get; } = number;

    public IReadOnlyList<Envelope> Messages { get; } = messages;

    public AgentId Sender { get; } = sender;

    public AgentId Recipient { get; } = recipient;

    public string Link => $"{Sender} -> {Recipient}";

    /// <summary>Where it was sent from; null for outside.</summary>
    public TestSiloLife? Silo { get; } = silo;

    /// <summary>Cancelled when its answer is lost with a killed silo.</summary>
    public CancellationToken Lost { get; } = lost;
}
