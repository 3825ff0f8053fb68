using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>What the sender learns of a turn that threw. The whole exception goes to the log only.</summary>
internal static partial class TurnFailure
{
    public static Reply ToReply(Exception exception, AgentContext context, AgentHost host, TurnCancellation? cancellation)
    {
        var message = context.Message;
        switch (exception)
        {
            case AgentRefusedException refused:
                return Reply.Refused(refused.Refusal);
            case JsonException when PayloadProblems.Find(message, context.Handler.Contract) is { Count: > 0 } problems:
                return Reply.Refused(Refusal.Of(problems));
            case OperationCanceledException when cancellation is { IsCancelled: true }:
                return Reply.Refused(cancellation.ByCaller
                    ? new Refusal(RefusalCodes.Cancelled, $"The caller cancelled while {message.Recipient} handled the message; it stopped and changed nothing.")
                    : new Refusal(RefusalCodes.DeadlineExceeded, $"The deadline passed while {message.Recipient} handled the message; it stopped and changed nothing."));
            case StaleEtagException:
                return Reply.Refused(new Refusal(RefusalCodes.Stopping, exception.Message));
            case AgentStoreException:
                LogStore(host.Logger, message, exception);
                return Reply.Refused(new Refusal(RefusalCodes.StoreUnavailable, $"The store could not take the turn of {message.Recipient}; it changed nothing."));
            default:
                LogFailed(host.Logger, message, exception);
                return Reply.Failed(new Refusal(
                    RefusalCodes.HandlerFailed,
                    $"{message.Recipient} failed to handle {message.Contract} ({exception.GetType().Name}) and changed nothing. The silo's log has the details under message {message.Id}."));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The handler of {Envelope} failed")]
    private static partial void LogFailed(ILogger logger, Envelope envelope, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store could not take the turn of {Envelope}")]
    private static partial void LogStore(ILogger logger, Envelope envelope, Exception exception);
}
