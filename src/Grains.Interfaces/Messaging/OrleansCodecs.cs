using System.Buffers;
using System.Text.Json;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Serializers;
using Orleans.Serialization.WireProtocol;

namespace OrleansAgents.Messaging;

/// <summary>Carries envelopes over Orleans connections as one block of bytes.</summary>
[RegisterSerializer]
internal sealed class EnvelopeCodec(ContractCatalogue catalogue) : IFieldCodec<Envelope>
{
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, Envelope? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType!, value!))
        {
            return;
        }

        var buffer = BufferPool.Rent();
        EnvelopeBinary.Write(value!, buffer);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(Envelope), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)buffer.WrittenCount);
        writer.Write(buffer.WrittenSpan);
        BufferPool.Return(buffer);
    }

    public Envelope ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
        {
            return ReferenceCodec.ReadReference<Envelope, TInput>(ref reader, field)!;
        }

        field.EnsureWireTypeLengthPrefixed();
        var envelope = EnvelopeBinary.Read(reader.ReadBytes(reader.ReadVarUInt32()), catalogue);
        ReferenceCodec.RecordObject(reader.Session, envelope);
        return envelope;
    }
}

/// <summary>Envelopes are immutable, so a copy is the same one.</summary>
[RegisterCopier]
internal sealed class EnvelopeCopier : IDeepCopier<Envelope>
{
    public Envelope DeepCopy(Envelope? input, CopyContext context) => input!;
}

/// <summary>Carries replies over Orleans connections: the outcome, then the answer's JSON or the refusal's.</summary>
[RegisterSerializer]
internal sealed class ReplyCodec : IFieldCodec<Reply>
{
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, Reply value)
        where TBufferWriter : IBufferWriter<byte>
    {
        ReferenceCodec.MarkValueField(writer.Session);
        var body = value.Body switch
        {
            null => [],
            byte[] json => json,
            Refusal refusal => JsonSerializer.SerializeToUtf8Bytes(refusal, WireJson.Default.Refusal),
            var answer => PayloadJson.Write(answer),
        };
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(Reply), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)body.Length + 1);
        writer.WriteByte((byte)value.Outcome);
        writer.Write(body);
    }

    public Reply ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        ReferenceCodec.MarkValueField(reader.Session);
        field.EnsureWireTypeLengthPrefixed();
        var length = reader.ReadVarUInt32();
        var outcome = (Outcome)reader.ReadByte();
        var body = length == 1 ? null : reader.ReadBytes(length - 1);
        return Reply.FromWire(outcome, outcome is Outcome.Refused or Outcome.Failed
            ? JsonSerializer.Deserialize(body!, WireJson.Default.Refusal)
            : body);
    }
}

/// <summary>Replies are immutable, so a copy is the same one.</summary>
[RegisterCopier]
internal sealed class ReplyCopier : IDeepCopier<Reply>
{
    public Reply DeepCopy(Reply input, CopyContext context) => input;
}

file static class FieldExtensions
{
    public static void EnsureWireTypeLengthPrefixed(this Field field)
    {
        if (field.WireType != WireType.LengthPrefixed)
        {
            throw new InvalidDataException($"Expected a block of bytes and found {field.WireType}.");
        }
    }
}

/// <summary>
/// Buffers to write envelopes into, one per thread and rented rather than shared: a converter of a user's that
/// serialises another envelope in the middle of one gets another buffer.
/// </summary>
internal static class BufferPool
{
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_free;

    public static ArrayBufferWriter<byte> Rent()
    {
        var buffer = t_free ?? new ArrayBufferWriter<byte>(1024);
        t_free = null;
        return buffer;
    }

    public static void Return(ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity <= LargestKept)
        {
            buffer.ResetWrittenCount();
            t_free = buffer;
        }
    }
}
