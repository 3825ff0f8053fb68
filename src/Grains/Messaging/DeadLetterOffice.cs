using System.Text;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Messaging;

/// <summary>Makes dead letters of messages that are given up on.</summary>
internal sealed partial class DeadLetterOffice(AgentHost host, AgentId self)
{
    public bool IsOffice(AgentId recipient) => recipient.Kind == DeadLetterAddress.Kind;

    /// <summary>The letter, on its way to the agent that keeps it; null when the message cannot be written, and so cannot be kept.</summary>
    public OutgoingMessage? Write(OutgoingMessage message, Refusal refusal)
    {
        Log(message, refusal.Code, refusal.Message);
        if (TryWrite(message.Envelope) is not { } text)
        {
            return null;
        }

        var now = host.Time.GetUtcNow();
        var envelope = message.Envelope;
        var letter = new DeadLetter(
            envelope.Id.Value, envelope.Type, envelope.Sender.ToString(), envelope.Recipient.ToString(),
            self.ToString(), refusal.Code, refusal.Message, message.Attempts, message.Since, now, text);
        var id = MessageId.New();
        var told = Envelope.Create(self, DeadLetterAddress.For(id), letter).WithId(id);
        return new OutgoingMessage(host.Cipher?.Seal(told) ?? told, now);
    }

    public void Log(OutgoingMessage message, string code, string reason)
    {
        LogGivenUp(host.Logger, message.Envelope, message.Attempts, code, reason);
        TurnTelemetry.GaveUp(self.Kind);
    }

    private string? TryWrite(Envelope message)
    {
        try
        {
            return Encoding.UTF8.GetString(EnvelopeJson.ToBytes(message));
        }
        catch (Exception e)
        {
            // A volatile agent's record that has never been JSON; its own members may throw anything.
            LogUnwritable(host.Logger, message, e);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "There is no dead letter of {Message}, because it cannot be written as JSON")]
    private static partial void LogUnwritable(ILogger logger, Envelope message, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Gave up on {Message} after {Attempts} tries: {Code}: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, Envelope message, int attempts, string code, string reason);
}
