using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>What a volatile agent remembers of the messages it handled, on its way to another silo.</summary>
internal static class CarriedMessages
{
    public static byte[] Write(HandledMessages handled)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var (id, reply) in handled.List())
        {
            if (TryWrite(reply, out var answer))
            {
                writer.Write(id.Value.ToByteArray());
                writer.Write7BitEncodedInt(answer is null ? 0 : answer.Length + 1);
                writer.Write(answer ?? []);
            }
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <param name="bytes">What was written.</param>
    /// <param name="limit">How many are remembered.</param>
    /// <param name="nowTicks">When they arrive.</param>
    /// <param name="allowance">For how long from then a signed message may come again; zero where none is checked.</param>
    public static HandledMessages Read(byte[] bytes, int limit, long nowTicks = 0, TimeSpan allowance = default)
    {
        var handled = new HandledMessages(limit);
        using var reader = new BinaryReader(new MemoryStream(bytes));
        while (reader.BaseStream.Position < bytes.Length)
        {
            var id = new MessageId(new Guid(reader.ReadBytes(16)));
            var length = reader.Read7BitEncodedInt();
            handled.Add(id, Reply.Accepted(length == 0 ? null : reader.ReadBytes(length - 1)), nowTicks, nowTicks, allowance);
        }

        return handled;
    }

    private static bool TryWrite(Reply reply, out byte[]? answer)
    {
        try
        {
            answer = reply.ToJson();
            return true;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or NotSupportedException or InvalidOperationException)
        {
            // An answer that was never JSON could not have left the silo either; its message is forgotten.
            answer = null;
            return false;
        }
    }
}
