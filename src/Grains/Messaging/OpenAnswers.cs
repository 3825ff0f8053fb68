using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>
/// The messages whose answers an agent owes: it took them in a turn, and answers in a later one. A repeat of such a message
/// joins those that wait. Runs on the agent's own scheduler.
/// </summary>
internal sealed partial class OpenAnswers(AgentTurns turns, TurnQueue queue)
{
    // A timer holds no more than 49 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    private readonly AgentHost _host = turns.Host;
    private readonly Dictionary<MessageId, OwedAnswer> _owed = [];
    private Refusal? _closed;

    public OwedAnswer? Find(MessageId message) => _owed.GetValueOrDefault(message);

    /// <summary>Has a message wait whose turn was recorded.</summary>
    public void Open(PendingTurn turn, MessageId kept, DateTimeOffset since)
    {
        var owed = new OwedAnswer(turn, kept, since);
        _owed[turn.Envelope.Id] = owed;
        _host.Owing[turns.Id] = 0;
        if (_closed is { } refusal)
        {
            queue.Settle(turn, Reply.Refused(refusal));
        }

        _ = WaitAsync(owed);
    }

    /// <summary>Goes on with what an earlier activation owed.</summary>
    public void Restore(OutgoingMessage kept, HandlerTable handlers)
    {
        try
        {
            var message = OwedAnswer.Restore(_host.Cipher?.Open(kept.Envelope) ?? kept.Envelope);
            if (handlers.Find(message.Contract) is { } handler)
            {
                Open(queue.Track(message, handler), kept.Envelope.Id, kept.Since);
            }
        }
        catch (Exception e) when (e is AgentRefusedException or JsonException)
        {
            LogUnreadable(_host.Logger, turns.Id, kept.Envelope.Id.Value, e);
        }
    }

    /// <summary>Takes a message out whose answer is recorded; false where it is over already.</summary>
    public bool TryEnd(OwedAnswer owed)
    {
        if (!owed.TryEnd())
        {
            return false;
        }

        _owed.Remove(owed.Message.Id);
        // Until the answer is stored, a repeat joins.
        Track(owed);
        if (_owed.Count == 0)
        {
            _host.Owing.TryRemove(turns.Id, out _);
        }

        return true;
    }

    /// <summary>Has a message wait along that came again. They wait as long as the latest of them.</summary>
    public ValueTask<Reply> Join(OwedAnswer owed, Envelope repeat)
    {
        owed.Deadline = owed.Deadline == 0 || repeat.Deadline == 0 ? 0 : Math.Max(owed.Deadline, repeat.Deadline);
        Track(owed);
        return owed.Turn.JoinAsync();
    }

    /// <summary>Tells the agent that nobody waits for an answer any more; false where it owes none.</summary>
    public bool Withdraw(MessageId message, string code, string reason)
    {
        if (Find(message) is not { } owed)
        {
            return false;
        }

        if (!owed.IsWithdrawn)
        {
            owed.IsWithdrawn = true;
            _ = FinishAsync(owed, new Refusal(code, reason));
        }

        return true;
    }

    /// <summary>
    /// Has nobody wait any more, as the activation ends: what is owed stays in the store, and the same message sent again
    /// joins the wait at the next activation.
    /// </summary>
    public void Close(Refusal refusal)
    {
        _closed = refusal;
        Release(refusal);
        _host.Owing.TryRemove(turns.Id, out _);
    }

    /// <summary>Has those who wait send their message again.</summary>
    public void Release(Refusal refusal)
    {
        foreach (var owed in _owed.Values)
        {
            queue.Settle(owed.Turn, Reply.Refused(refusal));
        }
    }

    /// <summary>Has a message found among those that wait, also where those who sent it were let go.</summary>
    private void Track(OwedAnswer owed)
    {
        if (owed.Turn.Task.IsCompleted)
        {
            owed.Turn = queue.Track(owed.Message, owed.Turn.Handler);
        }
    }

    private async Task WaitAsync(OwedAnswer owed)
    {
        while (!owed.Over.IsCancellationRequested)
        {
            var left = owed.Deadline == 0 ? LongestWait : new TimeSpan(owed.Deadline - _host.Time.GetUtcNow().UtcTicks);
            if (left <= TimeSpan.Zero)
            {
                Withdraw(owed.Message.Id, RefusalCodes.DeadlineExceeded, $"The deadline passed before {turns.Id} had an answer; it stopped.");
                return;
            }

            await Task.Delay(left > LongestWait ? LongestWait : left, _host.Time, owed.Over.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task FinishAsync(OwedAnswer owed, Refusal refusal)
    {
        // Under the kept record's own id, so that its turn takes that away.
        var over = Envelope.Create(turns.Id, turns.Id, new AskOver(owed.Message.Id.Value, refusal.Code)).WithId(owed.Kept)
            .With(new EnvelopeExtras { CorrelationId = owed.Message.Id, ConversationId = owed.Message.Extras?.ConversationId });
        for (var attempts = 1; !owed.Over.IsCancellationRequested && _closed is null; attempts++)
        {
            var reply = await turns.DeliverOwnAsync(over);
            if (reply.Refusal is null || !Delivery.CanRepeat(reply) || attempts > _host.Options.Delivery.MaxRetries)
            {
                if (TryEnd(owed))
                {
                    turns.NoteAside(owed, Reply.Refused(refusal));
                    queue.Settle(owed.Turn, Reply.Refused(refusal));
                }

                return;
            }

            await Task.Delay(Delivery.Pause(_host.Options.Delivery, attempts, reply.Refusal), _host.Time, owed.Over.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What {Agent} owes an answer to under {Kept} cannot be read, and waits for a silo that can")]
    private static partial void LogUnreadable(ILogger logger, AgentId agent, Guid kept, Exception exception);
}
