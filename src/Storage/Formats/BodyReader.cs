using System.Buffers.Binary;
using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Formats;

/// <summary>Reads what <see cref="BodyBuffer"/> wrote, from front to back.</summary>
internal ref struct BodyReader(ReadOnlySpan<byte> bytes, int at = 0)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int At { get; private set; } = at;

    public readonly ReadOnlySpan<byte> Rest => _bytes[At..];

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Raw(8));

    public DateTimeOffset Time() => new(Int64(), TimeSpan.Zero);

    public long Number()
    {
        var value = 0L;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = _bytes[At++];
            value |= (long)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number has too many bytes.");
    }

    public int Count() => checked((int)Number());

    public MessageId Id() => new(new Guid(Raw(16)));

    public ReadOnlySpan<byte> Raw(int length)
    {
        var value = _bytes.Slice(At, length);
        At += length;
        return value;
    }

    public string Text() => Encoding.UTF8.GetString(Raw(Count()));

    public AgentId Agent() => AgentId.Trusted(Text(), Text());

    public TopicPosition Position() => new(new TopicId(Text()), Number());
}
