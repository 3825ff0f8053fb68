using System.Text;
using OrleansAgents.Conversations;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Conversations;

/// <summary>Notes as a conversation gives them out.</summary>
internal static class Notes
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static Guid Id(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]);

    public static ConversationNote Of(
        int message, int? cause = null, string sender = "a/1", string recipient = "b/1", int atMs = 0, string payload = "{}", string? reply = null,
        Refusal? refusal = null, long? sequence = null)
    {
        var envelope = Envelope.CreateJson("x/y", "x/y", "test.said", Encoding.UTF8.GetBytes(payload)).WithId(new MessageId(Id(message)))
            .With(new EnvelopeExtras { ConversationId = "story", CausationId = cause is { } id ? new MessageId(Id(id)) : null });
        return new ConversationNote(sequence ?? message, new ConversationSaid(
            "story", Id(message), cause is { } c ? Id(c) : null, "test.said", 1, sender, recipient, Start.AddMilliseconds(atMs),
            refusal is null ? Outcome.Accepted : Outcome.Refused, refusal?.Code, refusal?.Message, Encoding.UTF8.GetString(EnvelopeJson.ToBytes(envelope)), reply));
    }
}
