using System.Runtime.InteropServices;
using OrleansAgents.Formats;
using OrleansAgents.Messaging;

namespace OrleansAgents.Sqlite;

/// <summary>Where an agent's unacknowledged message stands.</summary>
/// <param name="Order">Its turn among the agent's messages.</param>
/// <param name="Seq">The journal entry that it came with.</param>
/// <param name="Item">Its number in that entry.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OpenMessage(long Order, long Seq, int Item);

/// <summary>The messages that an agent sent and that are not acknowledged, without their contents.</summary>
internal sealed class OpenMessages
{
    private readonly Dictionary<MessageId, OpenMessage> _messages = [];
    private long _next;

    public int Count => _messages.Count;

    public bool TryGet(MessageId id, out OpenMessage message) => _messages.TryGetValue(id, out message);

    /// <summary>Puts a message at the end, or in the place of the one with its id.</summary>
    public void Put(MessageId id, long seq, int item) =>
        _messages[id] = new OpenMessage(_messages.TryGetValue(id, out var known) ? known.Order : _next++, seq, item);

    public void Remove(MessageId id) => _messages.Remove(id);

    public OpenMessage[] InOrder() => [.. _messages.Values.OrderBy(m => m.Order)];

    public void Write(BodyBuffer output)
    {
        output.Number(_messages.Count);
        foreach (var (id, message) in _messages)
        {
            output.Id(id.Value);
            output.Number(message.Order);
            output.Number(message.Seq);
            output.Number(message.Item);
        }
    }

    public static OpenMessages? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        var open = new OpenMessages();
        var reader = new BodyReader(bytes);
        for (var left = reader.Count(); left > 0; left--)
        {
            var (id, order) = (reader.Id(), reader.Number());
            open._messages[id] = new OpenMessage(order, reader.Number(), reader.Count());
            open._next = Math.Max(open._next, order + 1);
        }

        return open;
    }
}
