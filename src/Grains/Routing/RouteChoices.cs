using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Routing;

/// <summary>
/// Who got a message, where that would not come out the same again: noted before it goes on, so that a repeat of the
/// message reaches the same agent. Each time it goes on to another there is a note more.
/// </summary>
internal sealed class RouteChoices(AgentTurns turns)
{
    /// <summary>How many notes one message has at most; then it goes on to nobody else.</summary>
    public const int Most = 8;

    /// <summary>Who got the message last, and how many notes there are; null where there is none.</summary>
    public (AgentId? Agent, int Notes) Recall(MessageId message)
    {
        AgentId? agent = null;
        var notes = 0;
        while (notes < Most && turns.Recall(KeyOf(message, notes)) is { HasValue: true } note)
        {
            agent = AgentId.Parse(note.As<string>()!);
            notes++;
        }

        return (agent, notes);
    }

    public ValueTask<Refusal?> NoteAsync(Envelope message, int notes, AgentId agent, bool isStored) =>
        turns.NoteAsync(message, KeyOf(message.Id, notes), PayloadJson.Write(agent.ToString()), isStored);

    // The message's own id for the first, and the same with another version number for those behind it: nobody makes such ids.
    private static MessageId KeyOf(MessageId message, int note)
    {
        Span<byte> bytes = stackalloc byte[16];
        message.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[6] ^= (byte)(note << 4);
        return new MessageId(new Guid(bytes, bigEndian: true));
    }
}
