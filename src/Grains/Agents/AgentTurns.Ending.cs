using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <content>How a message, and how all of them, are ended from outside.</content>
internal sealed partial class AgentTurns
{
    /// <summary>Cancels a message that runs or waits. One whose turn is over cannot be cancelled.</summary>
    public void Cancel(MessageId message)
    {
        if (_running?.Message.Id == message)
        {
            _cancellation?.Cancel();
        }
        else if (_queue?.Find(message) is { IsWaiting: true } turn)
        {
            _queue.Refuse(turn, new Refusal(RefusalCodes.Cancelled, "The caller cancelled before the message's turn came."));
        }
        else
        {
            _answers?.Withdraw(message, RefusalCodes.Cancelled, $"The caller cancelled before {Id} had an answer; it stopped.");
        }
    }

    /// <summary>No new turns; ends when the running one is finished and what it sent is on its way or in the store.</summary>
    public async Task DrainAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        _stopping = true;
        _queue?.SettleWaiting(TurnFailure.Stopping(Id));
        _answers?.Close(TurnFailure.Stopping(Id));
        if (_running is not null)
        {
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _idle.Task.WaitAsync(cancellationToken);
        }

        _questions?.Close();
        _work?.Close();
        await _agent.OnStoppingAsync();
        await (Commits?.DrainAsync() ?? Task.CompletedTask);
        await (_notes?.CloseAsync(patience, cancellationToken) ?? Task.CompletedTask);

        if (_outbox is not null)
        {
            await _outbox.CloseAsync(Commits?.Fault is null ? patience : TimeSpan.Zero, cancellationToken);
            await (Commits?.DrainAsync() ?? Task.CompletedTask);
        }
    }
}
