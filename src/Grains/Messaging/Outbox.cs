using OrleansAgents.Agents;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Messaging;

/// <summary>
/// Sends an agent's outgoing messages: in order to each recipient, to different recipients at once, repeated until they
/// are acknowledged or end as dead letters. A message that its recipient's handler fails on is set aside and tried again
/// by itself, so that it does not hold up those behind it. Runs on the agent's own scheduler.
/// </summary>
internal sealed class Outbox
{
    private readonly AgentHost _host;
    private readonly Commits? _commits;
    private readonly DeadLetterOffice _deadLetters;
    private readonly Dictionary<AgentId, Queue<OutgoingMessage>> _queues = [];
    private readonly LaterMessages _later;
    private readonly CancellationTokenSource _closing = new();
    private TaskCompletionSource? _empty;
    private int _count;

    public Outbox(AgentHost host, AgentId self, Commits? commits)
    {
        (_host, _commits) = (host, commits);
        _deadLetters = new DeadLetterOffice(host, self);
        _later = new LaterMessages(host.Time, SendNow, _closing.Token);
    }

    public bool IsFull => _count >= _host.Options.OutboxLength;

    /// <summary>Whether something for an agent is on its way, and not acknowledged yet.</summary>
    public bool IsSendingTo(AgentId recipient) => _queues.ContainsKey(recipient);

    /// <summary>Messages that wait for their time, by id: scheduled ones, those set aside, and dead letters.</summary>
    public LaterMessages Later => _later;

    /// <summary>When the first message is due, now or later; null for never.</summary>
    public DateTimeOffset? FindNextDue(IReadOnlyList<OutgoingMessage> added)
    {
        var due = _count > 0 ? DateTimeOffset.MinValue : _later.NextDue;
        foreach (var message in added)
        {
            due = due < message.DueAt || message.DueAt == DateTimeOffset.MaxValue ? due : message.DueAt;
        }

        return due;
    }

    public void Enqueue(IReadOnlyList<Envelope> messages, DateTimeOffset now)
    {
        foreach (var message in messages)
        {
            SendNow(new OutgoingMessage(message, now));
        }
    }

    public void Enqueue(IReadOnlyList<OutgoingMessage> messages)
    {
        var now = messages.Count > 0 ? _host.Time.GetUtcNow() : default;
        foreach (var message in messages)
        {
            if (message.DueAt > now)
            {
                _later.Put(message);
            }
            else
            {
                SendNow(message);
            }
        }
    }

    /// <summary>
    /// Sends what it can within <paramref name="patience"/> and then stops for good. What a durable agent could not send
    /// stays in the store, for its next activation; what a volatile one could not is given up on, and logged.
    /// </summary>
    public async Task CloseAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_queues.Count > 0)
        {
            _empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _empty.Task.WaitAsync(patience, _host.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        await _closing.CancelAsync();
        if (_queues.Count > 0)
        {
            await _empty!.Task.WaitAsync(cancellationToken);
        }
    }

    private void SendNow(OutgoingMessage message)
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }

        _count++;
        var recipient = message.Envelope.Recipient;
        if (_queues.TryGetValue(recipient, out var queue))
        {
            queue.Enqueue(message);
            return;
        }

        _queues[recipient] = queue = new Queue<OutgoingMessage>();
        queue.Enqueue(message);
        _ = PumpAsync(recipient, queue);
    }

    private async Task PumpAsync(AgentId recipient, Queue<OutgoingMessage> queue)
    {
        await Task.Yield();
        while (queue.TryPeek(out var message) && await SendAsync(message))
        {
            queue.Dequeue();
            _count--;
        }

        _count -= queue.Count;
        _queues.Remove(recipient);
        if (_queues.Count == 0)
        {
            _empty?.TrySetResult();
            _empty = null;
        }
    }

    /// <summary>True when the message needs no more care from its queue; false when the outbox closed before.</summary>
    private async Task<bool> SendAsync(OutgoingMessage message)
    {
        while (true)
        {
            try
            {
                var reply = await _host.TryAsync(message.Envelope, _closing.Token);
                if (reply.Refusal is not { } refusal)
                {
                    _commits?.Acknowledge(message.Envelope.Id);
                    return true;
                }

                message = message with { Attempts = message.Attempts + 1 };
                if (!Delivery.CanRepeat(reply) || (_host.IsExhausted(message, refusal) && !_deadLetters.IsOffice(message.Envelope.Recipient)))
                {
                    GiveUp(message, refusal);
                    return true;
                }

                AgentTelemetry.Retries.Add(1);
                var pause = Delivery.Pause(_host.Options.Delivery, message.Attempts, refusal);
                if (reply.Outcome == Outcome.Failed)
                {
                    SetAside(message with { DueAt = _host.Time.GetUtcNow() + pause });
                    return true;
                }

                await Task.Delay(pause, _host.Time, _closing.Token);
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                if (_commits is null)
                {
                    _deadLetters.Log(message, RefusalCodes.Stopping, "Its sender stopped, and is volatile.");
                }

                return false;
            }
        }
    }

    private void SetAside(OutgoingMessage message)
    {
        if (_commits is null)
        {
            _later.Put(message);
        }
        else
        {
            // The store remembers the attempts; the commit brings it to those that wait.
            _commits.Replace(old: null, message);
        }
    }

    /// <summary>Has a message end as a dead letter, in the place of the one with its id that the store keeps.</summary>
    public void GiveUp(OutgoingMessage message, Refusal refusal)
    {
        _later.Remove(message.Envelope.Id);
        if (_deadLetters.IsOffice(message.Envelope.Recipient))
        {
            // There is nowhere left to tell it to: the letter itself was refused.
            _deadLetters.Log(message, refusal.Code, refusal.Message);
            _commits?.Acknowledge(message.Envelope.Id);
            return;
        }

        var letter = _deadLetters.Write(message, refusal);
        if (letter is null)
        {
            _commits?.Acknowledge(message.Envelope.Id);
        }
        else if (_commits is null)
        {
            SendNow(letter);
        }
        else
        {
            _commits.Replace(message.Envelope.Id, letter);
        }
    }
}
