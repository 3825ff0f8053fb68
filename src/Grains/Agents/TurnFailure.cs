using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>What the sender learns of a turn that threw, or could not be. A whole exception goes to the log only.</summary>
internal static partial class TurnFailure
{
    public static Reply ToReply(Exception exception, AgentContext context, AgentHost host, TurnCancellation? cancellation)
    {
        var message = context.Message;
        switch (exception)
        {
            case AgentRefusedException refused:
                return Reply.Refused(refused.Refusal);
            case JsonException when PayloadProblems.Find(context.Readable, context.Handler.Contract) is { Count: > 0 } problems:
                return Reply.Refused(Refusal.Of(problems));
            case OperationCanceledException when cancellation is { ByCaller: true }:
                return Reply.Refused(new Refusal(
                    RefusalCodes.Cancelled, $"The caller cancelled while {message.Recipient} handled the message; it stopped and changed nothing."));
            case OperationCanceledException when cancellation is { IsCancelled: true }:
            case AgentTimeoutException when context.IsOutOfTime:
                return Reply.Refused(new Refusal(
                    RefusalCodes.DeadlineExceeded, $"The deadline passed while {message.Recipient} handled the message; it stopped and changed nothing."));
            default:
                LogFailed(host.Logger, message, exception);
                return Reply.Failed(new Refusal(
                    RefusalCodes.HandlerFailed,
                    $"{message.Recipient} failed to handle {message.Contract} ({exception.GetType().Name}) and changed nothing. The silo's log has the details under message {message.Id}."));
        }
    }

    public static Refusal Stopping(AgentId agent) =>
        new(RefusalCodes.Stopping, $"{agent} is stopping; the same message sent again reaches its next activation.");

    public static Refusal Busy(string why) => new(RefusalCodes.Busy, why) { RetryAfterMs = 100 };

    [LoggerMessage(Level = LogLevel.Error, Message = "The handler of {Envelope} failed")]
    private static partial void LogFailed(ILogger logger, Envelope envelope, Exception exception);
}
