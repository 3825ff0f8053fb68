using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.DeadLetters;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Messaging;

/// <summary>Makes dead letters of messages that are given up on.</summary>
internal sealed partial class DeadLetterOffice(AgentHost host, AgentId self)
{
    public bool IsOffice(AgentId recipient) => recipient.Kind == DeadLetterAddress.Kind;

    /// <summary>The letter, on its way to the agent that keeps it.</summary>
    public OutgoingMessage Write(OutgoingMessage message, Refusal refusal)
    {
        Log(message, refusal.Code, refusal.Message);
        var now = host.Time.GetUtcNow();
        var letter = new DeadLetter(
            self.ToString(), refusal.Code, refusal.Message, message.Attempts, message.Since, now,
            JsonElement.Parse(EnvelopeJson.ToBytes(message.Envelope)));
        return new OutgoingMessage(Envelope.Create(self, DeadLetterAddress.For(message.Envelope.Id), letter), now);
    }

    public void Log(OutgoingMessage message, string code, string reason)
    {
        LogGivenUp(host.Logger, message.Envelope, message.Attempts, code, reason);
        TurnTelemetry.GaveUp(self.Kind);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Gave up on {Message} after {Attempts} tries: {Code}: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, Envelope message, int attempts, string code, string reason);
}
