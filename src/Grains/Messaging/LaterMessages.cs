using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>Messages that wait for their time. One timer waits for the first of them.</summary>
internal sealed class LaterMessages(TimeProvider time, Action<OutgoingMessage> send, CancellationToken closing)
{
    private readonly Dictionary<MessageId, OutgoingMessage> _messages = [];
    private readonly PriorityQueue<MessageId, DateTimeOffset> _order = new();
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;

    public IReadOnlyDictionary<MessageId, OutgoingMessage> Messages => _messages;

    /// <summary>When the first is due; null when none will be.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            SkipStale();
            return _order.TryPeek(out _, out var due) ? due : null;
        }
    }

    /// <summary>Adds a message, or puts it in the place of the one with its id.</summary>
    public void Put(OutgoingMessage message)
    {
        _messages[message.Envelope.Id] = message;
        if (message.DueAt < DateTimeOffset.MaxValue)
        {
            _order.Enqueue(message.Envelope.Id, message.DueAt);
            Arm();
        }
    }

    /// <summary>False when the message is not here, or not any more.</summary>
    public bool Remove(MessageId message) => _messages.Remove(message);

    private void Arm()
    {
        if (NextDue is { } due && due < _armedFor && !closing.IsCancellationRequested)
        {
            _armedFor = due;
            _ = WaitAsync(due);
        }
    }

    private async Task WaitAsync(DateTimeOffset due)
    {
        // A timer holds no more than 49 days; the longest wait is cut, and armed anew.
        var left = due - time.GetUtcNow();
        var longest = TimeSpan.FromDays(30);
        await Task.Delay(left > longest ? longest : left > TimeSpan.Zero ? left : TimeSpan.Zero, time, closing)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (_armedFor != due || closing.IsCancellationRequested)
        {
            return;
        }

        _armedFor = DateTimeOffset.MaxValue;
        while (NextDue is { } next && next <= time.GetUtcNow())
        {
            _messages.Remove(_order.Dequeue(), out var message);
            send(message!);
        }

        Arm();
    }

    /// <summary>Passes over what was removed or has another time now.</summary>
    private void SkipStale()
    {
        while (_order.TryPeek(out var id, out var due) && !(_messages.TryGetValue(id, out var message) && message.DueAt == due))
        {
            _order.Dequeue();
        }
    }
}
