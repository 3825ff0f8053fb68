using System.Buffers;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Security;

namespace OrleansAgents.Messaging;

/// <summary>
/// Messages as JSON, as <c>docs/wire-format.md</c> describes them. Reading never throws for what the bytes hold: it
/// gives the envelope or every problem found.
/// </summary>
public static class EnvelopeJson
{
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_free;

    /// <summary>
    /// Reads one message. A missing id is made up; a bare address takes <paramref name="defaultKind"/>, and is a problem
    /// where that is null. A message without a sender takes <paramref name="defaultSender"/>, and has a problem where
    /// that is null. Exactly one of the result's parts is null.
    /// </summary>
    public static (Envelope? Envelope, IReadOnlyList<Problem>? Problems) Read(
        ReadOnlyMemory<byte> utf8, MessageLimits limits, ContractCatalogue? catalogue = null, string? defaultKind = null, AgentId? defaultSender = null)
    {
        if (utf8.Length > limits.MessageBytes)
        {
            return (null, [new Problem("", RefusalCodes.TooLarge, $"The message holds {utf8.Length} bytes; {limits.MessageBytes} is the limit.")]);
        }

        if (!System.Text.Unicode.Utf8.IsValid(utf8.Span))
        {
            return (null, [new Problem("", RefusalCodes.InvalidUtf8, "The message is no valid UTF-8.")]);
        }

        var fields = new EnvelopeFields(limits, catalogue, defaultKind, defaultSender);
        try
        {
            // The limit counts the levels of a member, the payload above all; the message around it is one more.
            var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = limits.Depth + 1 });
            if (!ReadMembers(ref reader, utf8, fields))
            {
                fields.Report("", RefusalCodes.WrongKind, "A message is a JSON object.");
            }
        }
        catch (JsonException e)
        {
            return (null, [Explain(e)]);
        }
        catch (InvalidOperationException)
        {
            return (null, [new Problem("", RefusalCodes.MalformedJson, "A member's name has half of a surrogate pair.")]);
        }

        return fields.Finish();
    }

    /// <summary>Writes one message: the members in ordinal order, absent ones left out.</summary>
    public static void Write(Envelope envelope, IBufferWriter<byte> output)
    {
        // The writer of JSON asks for 4 KB at a time, which would make any buffer grow far beyond a message. So it has one of its own.
        var buffer = Compose(envelope);
        output.Write(buffer.WrittenSpan);
        Keep(buffer);
    }

    /// <inheritdoc cref="Write(Envelope, IBufferWriter{byte})"/>
    public static byte[] ToBytes(Envelope envelope)
    {
        var buffer = Compose(envelope);
        var bytes = buffer.WrittenSpan.ToArray();
        Keep(buffer);
        return bytes;
    }

    private static ArrayBufferWriter<byte> Compose(Envelope envelope)
    {
        var buffer = t_free ?? new ArrayBufferWriter<byte>(8 * 1024);
        t_free = null;
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = PayloadJson.Options.Encoder, SkipValidation = true });
        Write(envelope, json);
        json.Flush();
        return buffer;
    }

    private static void Keep(ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity <= LargestKept)
        {
            buffer.ResetWrittenCount();
            t_free = buffer;
        }
    }

    private static void Write(Envelope envelope, Utf8JsonWriter json)
    {
        var extras = envelope.Extras;
        json.WriteStartObject();
        WriteId(json, "causationId", extras?.CausationId);
        WriteText(json, "conversationId", extras?.ConversationId);
        WriteId(json, "correlationId", extras?.CorrelationId);
        WriteEncryption(json, extras?.Encryption);
        WriteTime(json, "expiresAt", envelope.ExpiresAt);
        WriteHeaders(json, extras?.Headers);
        if (extras?.Hops is { Count: > 0 } hops)
        {
            json.WriteStartArray("hops");
            foreach (var hop in hops)
            {
                json.WriteStringValue(hop.ToString());
            }

            json.WriteEndArray();
        }

        json.WriteString("id", envelope.Id.Value);
        json.WritePropertyName("payload");
        json.WriteRawValue(envelope.PayloadJson.Span, skipInputValidation: true);
        json.WriteString("recipient", envelope.Recipient.ToString());
        json.WriteString("sender", envelope.Sender.ToString());
        WriteTime(json, "sentAt", extras?.SentAt);
        WriteSignature(json, extras?.Signature);
        WriteText(json, "traceparent", envelope.Span is { } span ? TraceText.Format(span.Context) : extras?.TraceParent);
        WriteText(json, "tracestate", envelope.Span is null ? extras?.TraceState : envelope.Span.TraceStateString);
        json.WriteString("type", envelope.Type);
        json.WriteNumber("version", envelope.Version);
        json.WriteEndObject();
    }

    /// <summary>What may be said of a text that is no JSON, or nests too deep: a line and a place, and nothing of what stands there.</summary>
    internal static Problem Explain(JsonException e) => e.Message.Contains("maximum configured depth", StringComparison.Ordinal)
        ? new Problem("", RefusalCodes.TooDeep, TooDeep)
        : new Problem("", RefusalCodes.MalformedJson, $"The text is no JSON, at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");

    private static readonly string TooDeep = $"A member of the message nests deeper than {PayloadJson.MaxDepth} levels.";

    private static bool ReadMembers(ref Utf8JsonReader reader, ReadOnlyMemory<byte> utf8, EnvelopeFields fields)
    {
        var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
        if (!isObject)
        {
            reader.Skip();
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            fields.Member(ref reader, utf8);
        }

        // The end of the object was read; whatever follows but white space makes the reader throw.
        while (reader.Read())
        {
        }

        return isObject;
    }

    private static void WriteHeaders(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? headers)
    {
        if (headers is null or { Count: 0 })
        {
            return;
        }

        json.WriteStartObject("headers");
        foreach (var (name, value) in headers.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteSignature(Utf8JsonWriter json, MessageSignature? signature)
    {
        if (signature is not null)
        {
            json.WriteStartObject("signature");
            json.WriteString("algorithm", signature.Algorithm);
            json.WriteString("keyId", signature.KeyId);
            json.WriteString("value", signature.Value);
            json.WriteEndObject();
        }
    }

    private static void WriteEncryption(Utf8JsonWriter json, PayloadEncryption? encryption)
    {
        if (encryption is not null)
        {
            json.WriteStartObject("encryption");
            json.WriteString("algorithm", encryption.Algorithm);
            json.WriteString("keyId", encryption.KeyId);
            json.WriteEndObject();
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteId(Utf8JsonWriter json, string name, MessageId? id)
    {
        if (id is { } value)
        {
            json.WriteString(name, value.Value);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } value)
        {
            json.WriteString(name, value.UtcDateTime);
        }
    }
}
