using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>A message whose answer its turn left to a later one. Its senders wait, however often they send it.</summary>
internal sealed class OwedAnswer(PendingTurn turn, MessageId kept, DateTimeOffset since)
{
    /// <summary>Who waits for it.</summary>
    public PendingTurn Turn { get; set; } = turn;

    public Envelope Message => Turn.Envelope;

    /// <summary>The id under which the store keeps it.</summary>
    public MessageId Kept { get; } = kept;

    /// <summary>When its turn began.</summary>
    public DateTimeOffset Since { get; } = since;

    /// <summary>Until when somebody waits, in UTC ticks: the latest of all that sent it.</summary>
    public long Deadline { get; set; } = turn.Envelope.Deadline;

    /// <summary>Ends when it is answered, or nobody wants it any more.</summary>
    public CancellationTokenSource Over { get; } = new();

    /// <summary>Whether the agent is being told that nobody waits.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>False where it is over already.</summary>
    public bool TryEnd()
    {
        var isFirst = !Over.IsCancellationRequested;
        Over.Cancel();
        return isFirst;
    }

    /// <summary>Whether a message that the store keeps is such a one.</summary>
    public static bool IsKept(OutgoingMessage message) => message.DueAt == DateTimeOffset.MaxValue && message.Envelope.Type == OwedRecord.ContractName;

    /// <summary>The message as the store kept it.</summary>
    /// <exception cref="JsonException">It cannot be read.</exception>
    public static Envelope Restore(Envelope kept)
    {
        var record = (OwedRecord)kept.ReadPayload(Contract.Of<OwedRecord>());
        var (message, problems) = EnvelopeJson.Read(Encoding.UTF8.GetBytes(record.Message), MessageLimits.Kept);
        if (message is null)
        {
            throw new JsonException($"A kept message cannot be read: {problems![0].Message}");
        }

        if (record.IsVerified)
        {
            message.StampVerified();
        }

        return message;
    }
}

/// <summary>A message that is to be answered, as it rests in the store until it is. It is never sent.</summary>
/// <param name="Message">The whole message, as JSON.</param>
/// <param name="IsVerified">Whether its signature was found to hold.</param>
[Contract(ContractName)]
internal sealed record OwedRecord(string Message, bool IsVerified)
{
    public const string ContractName = "agent.owed";

    public static OwedRecord Of(Envelope message) => new(Encoding.UTF8.GetString(EnvelopeJson.ToBytes(message)), message.IsVerified);
}
