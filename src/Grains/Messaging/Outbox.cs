using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Messaging;

/// <summary>
/// Sends an agent's outgoing messages: in order to each recipient, to different recipients at once, repeated until they
/// are acknowledged or given up on. Runs on the agent's own scheduler.
/// </summary>
internal sealed partial class Outbox(AgentHost host, AgentId self, DurableState? durable)
{
    private readonly Dictionary<AgentId, Queue<Envelope>> _queues = [];
    private readonly CancellationTokenSource _closing = new();
    private TaskCompletionSource? _empty;

    public void Enqueue(IReadOnlyList<Envelope> messages)
    {
        foreach (var message in messages)
        {
            if (_queues.TryGetValue(message.Recipient, out var queue))
            {
                queue.Enqueue(message);
                continue;
            }

            _queues[message.Recipient] = queue = new Queue<Envelope>();
            queue.Enqueue(message);
            _ = PumpAsync(message.Recipient, queue);
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
            await _empty.Task.WaitAsync(patience, host.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await _closing.CancelAsync();
            await _empty.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task PumpAsync(AgentId recipient, Queue<Envelope> queue)
    {
        await Task.Yield();
        while (queue.TryPeek(out var message) && await SendAsync(message))
        {
            durable?.Acknowledge(message.Id);
            queue.Dequeue();
        }

        _queues.Remove(recipient);
        if (_queues.Count == 0)
        {
            await TellStoreAsync();
        }

        if (_queues.Count == 0)
        {
            _empty?.TrySetResult();
            _empty = null;
        }
    }

    /// <summary>False when it was not sent, and is not to be given up on either.</summary>
    private async Task<bool> SendAsync(Envelope message)
    {
        try
        {
            var reply = await host.SendAsync(message, _closing.Token);
            if (reply.Refusal is { } refusal)
            {
                GiveUp(message, refusal.Code, refusal.Message, null);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested && durable is not null)
        {
            return false;
        }
        catch (Exception e)
        {
            // The boundary: whatever it is, this message ends here and the ones behind it go on.
            GiveUp(message, RefusalCodes.Unreachable, "It could not be delivered.", e);
        }

        return true;
    }

    private void GiveUp(Envelope message, string code, string reason, Exception? exception)
    {
        LogGivenUp(host.Logger, message, code, reason, exception);
        TurnTelemetry.GaveUp(self.Kind);
    }

    private async Task TellStoreAsync()
    {
        try
        {
            await (durable?.CommitAcknowledgedAsync() ?? default);
        }
        catch (AgentStoreException e)
        {
            // They stay in the store and are sent again after the next load; the receivers know their ids.
            LogNotAcknowledged(host.Logger, self, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Gave up on {Message}: {Code}: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, Envelope message, string code, string reason, Exception? exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} could not note that its outgoing messages arrived; they will be sent again")]
    private static partial void LogNotAcknowledged(ILogger logger, AgentId agent, Exception exception);
}
