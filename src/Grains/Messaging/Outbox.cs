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

    /// <summary>Ends when everything is sent or given up on.</summary>
    public Task WhenEmpty => _queues.Count == 0
        ? Task.CompletedTask
        : (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private async Task PumpAsync(AgentId recipient, Queue<Envelope> queue)
    {
        await Task.Yield();
        while (queue.TryPeek(out var message))
        {
            await SendAsync(message);
            durable?.Acknowledge(message.Id);
            queue.Dequeue();
        }

        _queues.Remove(recipient);
        if (_queues.Count == 0)
        {
            await TellStoreAsync();
            _empty?.TrySetResult();
            _empty = null;
        }
    }

    private async Task SendAsync(Envelope message)
    {
        try
        {
            var reply = await host.SendAsync(message, CancellationToken.None);
            if (reply.Refusal is { } refusal)
            {
                LogGivenUp(host.Logger, message, refusal.Code, refusal.Message, null);
                TurnTelemetry.GaveUp(self.Kind);
            }
        }
        catch (Exception e)
        {
            // The boundary: whatever it is, this message ends here and the ones behind it go on.
            LogGivenUp(host.Logger, message, RefusalCodes.Unreachable, "It could not be delivered.", e);
            TurnTelemetry.GaveUp(self.Kind);
        }
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
