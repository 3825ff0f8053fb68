using System.Security.Cryptography;
using System.Text;

namespace OrleansAgents.Messaging;

/// <summary>
/// The identity of a message, a UUID (RFC 9562). Two messages with one id are one message: the second is answered from
/// the first. The platform's own ids are version 8: 48 bits of time, then a random part drawn once per process and a
/// counter, so that making one takes no random call; an id from outside may be any UUID but the nil one.
/// </summary>
public readonly record struct MessageId : IComparable<MessageId>
{
    private static readonly ulong ProcessPart = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) & 0x3FFF_FFFF_FF00_0000;
    private static readonly System.Buffers.SearchValues<char> Characters = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF-");
    private static long s_counter = RandomNumberGenerator.GetInt32(1 << 20);

    /// <summary>Takes a UUID as it is.</summary>
    public MessageId(Guid value) => Value = value;

    /// <summary>The UUID. The nil UUID means no id.</summary>
    public Guid Value { get; }

    /// <summary>True for <c>default(MessageId)</c>, which names no message.</summary>
    public bool IsDefault => Value == Guid.Empty;

    /// <summary>Makes an id that no other call, process or machine makes.</summary>
    public static MessageId New() => NewRange(1);

    /// <summary>Makes <paramref name="count"/> ids, and gives the first; <see cref="Following"/> gives the others.</summary>
    internal static MessageId NewRange(int count) => Create((ulong)(Interlocked.Add(ref s_counter, count) - count + 1));

    /// <summary>The id that is always the same for a text, and another for any other.</summary>
    internal static MessageId Hashed(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16);
        // The version and the variant of a UUID of one's own making, RFC 9562, section 5.8.
        (hash[6], hash[8]) = ((byte)((hash[6] & 0x0F) | 0x80), (byte)((hash[8] & 0x3F) | 0x80));
        return new MessageId(new Guid(hash, bigEndian: true));
    }

    /// <summary>The id that many behind this one, in a range made by <see cref="NewRange"/>.</summary>
    internal MessageId Following(int places)
    {
        Span<byte> bytes = stackalloc byte[16];
        Value.TryWriteBytes(bytes, bigEndian: true, out _);
        var high = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var low = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        var count = ((high & 0x0FFF) << 24 | (low & 0xFF_FFFF)) + (ulong)places;
        return Join((high & ~0x0FFFul) | ((count >> 24) & 0x0FFF), (low & ~0xFF_FFFFul) | (count & 0xFF_FFFF));
    }

    private static MessageId Create(ulong count)
    {
        // Time is only there to sort by and to tell restarts apart, so the cheap clock will do.
        var milliseconds = (ulong)(StartUnixMilliseconds + Environment.TickCount64);
        var high = (milliseconds << 16) | 0x8000 | ((count >> 24) & 0x0FFF);
        return Join(high, 0x8000_0000_0000_0000 | ProcessPart | (count & 0xFF_FFFF));
    }

    private static MessageId Join(ulong high, ulong low)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new MessageId(new Guid(bytes, bigEndian: true));
    }

    private static readonly long StartUnixMilliseconds =
        TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - Environment.TickCount64;

    /// <summary>Reads a UUID in its usual text form of 36 characters; false for any other text and for the nil UUID.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MessageId id)
    {
        // The parser by itself takes surrounding blanks, and signs and prefixes within.
        var value = Guid.Empty;
        var read = text.Length == 36 && !text.ContainsAnyExcept(Characters)
            && Guid.TryParseExact(text, "D", out value) && value != Guid.Empty;
        id = new MessageId(value);
        return read;
    }

    /// <inheritdoc/>
    public int CompareTo(MessageId other) => Value.CompareTo(other.Value);

    /// <summary>The UUID in lower case with hyphens, 36 characters.</summary>
    public override string ToString() => Value.ToString("D");

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <(MessageId left, MessageId right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >(MessageId left, MessageId right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <=(MessageId left, MessageId right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >=(MessageId left, MessageId right) => left.CompareTo(right) >= 0;
}
