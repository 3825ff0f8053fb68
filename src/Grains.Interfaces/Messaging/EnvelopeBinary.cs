using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>
/// Envelopes between silos and clients: small fields in front, each text with its length, then the payload's JSON, then
/// the rare fields as JSON members of an envelope without a payload. Bytes after those are left for later versions.
/// </summary>
internal static class EnvelopeBinary
{
    private const byte FormatVersion = 1;

    public static void Write(Envelope envelope, ArrayBufferWriter<byte> output)
    {
        var fixedPart = output.GetSpan(29);
        fixedPart[0] = FormatVersion;
        envelope.Id.Value.TryWriteBytes(fixedPart[1..]);
        BinaryPrimitives.WriteInt64LittleEndian(fixedPart[17..], envelope.Deadline);
        BinaryPrimitives.WriteInt32LittleEndian(fixedPart[25..], envelope.Version);
        output.Advance(29);
        WriteText(output, envelope.Type);
        WriteText(output, envelope.Sender.Kind);
        WriteText(output, envelope.Sender.Key);
        WriteText(output, envelope.Recipient.Kind);
        WriteText(output, envelope.Recipient.Key);
        WriteBytes(output, envelope.PayloadJson.Span);
        EnvelopeExtrasBinary.Write(envelope, output);
    }

    /// <exception cref="InvalidDataException">The bytes are no envelope, or one of another format.</exception>
    public static Envelope Read(byte[] bytes, ContractCatalogue catalogue)
    {
        try
        {
            return ReadFrame(bytes, catalogue);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"A frame of {bytes.Length} bytes is no envelope.", e);
        }
    }

    private static Envelope ReadFrame(byte[] bytes, ContractCatalogue catalogue)
    {
        ReadOnlySpan<byte> span = bytes;
        if (span[0] != FormatVersion)
        {
            throw new InvalidDataException($"An envelope of format {span[0]} came in; this process reads format {FormatVersion}. Upgrade it.");
        }

        var id = new MessageId(new Guid(span[1..17]));
        var deadline = BinaryPrimitives.ReadInt64LittleEndian(span[17..]);
        if (deadline < 0 || deadline > DateTimeOffset.MaxValue.Ticks)
        {
            throw new InvalidDataException("The deadline of a frame is no time.");
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(span[25..]);
        var at = 29;
        var type = ReadText(span, ref at);
        var sender = ReadAddress(span, ref at);
        var recipient = ReadAddress(span, ref at);
        var payload = bytes.AsMemory(ReadLength(span, ref at, out var length), length);
        var extras = EnvelopeExtrasBinary.Read(span, ref at, out var isFromOutside);
        var envelope = new Envelope(id, sender, recipient, catalogue.Resolve(type, version), value: null, payload).WithWireFields(deadline, extras);
        if (isFromOutside)
        {
            envelope.StampOutside();
        }

        return envelope;
    }

    public static void WriteText(ArrayBufferWriter<byte> output, string? text)
    {
        text ??= "";
        var length = Encoding.UTF8.GetByteCount(text);
        var span = output.GetSpan(length + 4);
        BinaryPrimitives.WriteInt32LittleEndian(span, length);
        Encoding.UTF8.GetBytes(text, span[4..]);
        output.Advance(length + 4);
    }

    public static string ReadText(ReadOnlySpan<byte> span, ref int at)
    {
        var start = ReadLength(span, ref at, out var length);
        return Encoding.UTF8.GetString(span.Slice(start, length));
    }

    public static AgentId ReadAddress(ReadOnlySpan<byte> span, ref int at)
    {
        var kind = ReadText(span, ref at);
        var key = ReadText(span, ref at);
        return kind.Length == 0 ? default : AgentId.Trusted(kind, key);
    }

    private static void WriteBytes(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        var span = output.GetSpan(bytes.Length + 4);
        BinaryPrimitives.WriteInt32LittleEndian(span, bytes.Length);
        bytes.CopyTo(span[4..]);
        output.Advance(bytes.Length + 4);
    }

    private static int ReadLength(ReadOnlySpan<byte> span, ref int at, out int length)
    {
        length = BinaryPrimitives.ReadInt32LittleEndian(span[at..]);
        var start = at + 4;
        at = start + length;
        return start;
    }
}
