using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace OrleansAgents.Formats;

/// <summary>Bytes on their way to the file. It is used again and again, so it keeps its room unless that grew large.</summary>
internal sealed class BodyBuffer : IBufferWriter<byte>
{
    private const int MostKept = 4 * 1024;

    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public Span<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > MostKept)
        {
            _bytes = new byte[1024];
        }
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 256));
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Byte(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void Int64(long value)
    {
        Reserve(8);
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(Length), value);
        Length += 8;
    }

    /// <summary>Seven bits a byte, the lowest first; not for negative numbers.</summary>
    public void Number(long value)
    {
        Reserve(10);
        while (value > 0x7F)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[Length++] = (byte)value;
    }

    public void Id(Guid id)
    {
        Reserve(16);
        id.TryWriteBytes(_bytes.AsSpan(Length));
        Length += 16;
    }

    public void Raw(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
    }

    public void Text(string value)
    {
        Number(Encoding.UTF8.GetByteCount(value));
        Reserve(value.Length * 3);
        Length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length));
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }
    }
}
