using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>The rare fields between silos and clients: a count, then each present field as a tag and a text.</summary>
internal static class EnvelopeExtrasBinary
{
    private const byte End = 0, Correlation = 1, Causation = 2, Conversation = 3, SentAt = 4, Hop = 5, TraceParent = 6,
        TraceState = 7, HeaderName = 8, HeaderValue = 9, ChainLink = 10, Topic = 11, Position = 12, SignatureKey = 13,
        SignatureAlgorithm = 14, SignatureValue = 15, EncryptionKey = 16, EncryptionAlgorithm = 17, Outside = 18;

    public static void Write(Envelope envelope, ArrayBufferWriter<byte> output)
    {
        var (extras, span) = (envelope.Extras, envelope.Span);
        if (envelope.IsFromOutside)
        {
            Field(output, Outside, "1");
        }

        // The span is newer than the text that the message came with.
        if (span is not null)
        {
            Field(output, TraceParent, TraceText.Format(span.Context));
            Field(output, TraceState, span.TraceStateString);
        }

        if (extras is not null)
        {
            Field(output, Correlation, extras.CorrelationId?.ToString());
            Field(output, Causation, extras.CausationId?.ToString());
            Field(output, Conversation, extras.ConversationId);
            Field(output, SentAt, extras.SentAt?.ToString("O", CultureInfo.InvariantCulture));
            if (span is null)
            {
                Field(output, TraceParent, extras.TraceParent);
                Field(output, TraceState, extras.TraceState);
            }

            foreach (var hop in extras.Hops)
            {
                Field(output, Hop, hop.ToString());
            }

            foreach (var (name, value) in extras.Headers ?? EmptyHeaders)
            {
                Field(output, HeaderName, name);
                Field(output, HeaderValue, value);
            }

            WriteChain(output, extras.Chain);
            Field(output, Topic, extras.Position?.Topic.Name);
            Field(output, Position, extras.Position?.Position.ToString(CultureInfo.InvariantCulture));
            Field(output, SignatureKey, extras.Signature?.KeyId);
            Field(output, SignatureAlgorithm, extras.Signature?.Algorithm);
            Field(output, SignatureValue, extras.Signature?.Value);
            Field(output, EncryptionKey, extras.Encryption?.KeyId);
            Field(output, EncryptionAlgorithm, extras.Encryption?.Algorithm);
        }

        output.GetSpan(1)[0] = End;
        output.Advance(1);
    }

    public static EnvelopeExtras? Read(ReadOnlySpan<byte> span, ref int at, out bool isFromOutside)
    {
        isFromOutside = false;
        return span[at] == End ? null : ReadFields(span, ref at, ref isFromOutside);
    }

    private static EnvelopeExtras ReadFields(ReadOnlySpan<byte> span, ref int at, ref bool isFromOutside)
    {
        MessageId? correlation = null, causation = null;
        string? conversation = null, traceParent = null, traceState = null, topic = null, signatureKey = null, signatureAlgorithm = null,
            signature = null, encryptionKey = null, encryptionAlgorithm = null;
        DateTimeOffset? sentAt = null;
        var hops = new List<AgentId>();
        Dictionary<string, string>? headers = null;
        CallChain? chain = null;
        long position = 0;
        var headerName = "";
        while (span[at++] is var tag && tag != End)
        {
            var text = EnvelopeBinary.ReadText(span, ref at);
            switch (tag)
            {
                case Correlation: correlation = new(Guid.Parse(text)); break;
                case Causation: causation = new(Guid.Parse(text)); break;
                case Conversation: conversation = text; break;
                case SentAt: sentAt = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture); break;
                case TraceParent: traceParent = text; break;
                case TraceState: traceState = text; break;
                case Hop: hops.Add(AgentId.Parse(text)); break;
                case HeaderName: headerName = text; break;
                case HeaderValue: (headers ??= new(StringComparer.Ordinal))[headerName] = text; break;
                case ChainLink: chain = new CallChain(AgentId.Parse(text), chain); break;
                case Topic: topic = text; break;
                case Position: position = long.Parse(text, CultureInfo.InvariantCulture); break;
                case SignatureKey: signatureKey = text; break;
                case SignatureAlgorithm: signatureAlgorithm = text; break;
                case SignatureValue: signature = text; break;
                case EncryptionKey: encryptionKey = text; break;
                case EncryptionAlgorithm: encryptionAlgorithm = text; break;
                case Outside: isFromOutside = true; break;
                default: break; // A field of a later version says nothing to this one.
            }
        }

        return new EnvelopeExtras
        {
            CorrelationId = correlation,
            CausationId = causation,
            ConversationId = conversation,
            SentAt = sentAt,
            Hops = hops,
            TraceParent = traceParent,
            TraceState = traceState,
            Headers = headers,
            Position = topic is null ? null : new(new(topic), position),
            Signature = signatureKey is null ? null : new(signatureKey, signatureAlgorithm ?? "", signature ?? ""),
            Encryption = encryptionKey is null ? null : new(encryptionKey, encryptionAlgorithm ?? ""),
            Chain = chain,
        };
    }

    private static readonly Dictionary<string, string> EmptyHeaders = [];

    private static void WriteChain(ArrayBufferWriter<byte> output, CallChain? chain)
    {
        if (chain is not null)
        {
            // The oldest first, so that reading can build the list from its end.
            WriteChain(output, chain.Waiting);
            Field(output, ChainLink, chain.Agent.ToString());
        }
    }

    private static void Field(ArrayBufferWriter<byte> output, byte tag, string? text)
    {
        if (text is not null)
        {
            output.GetSpan(1)[0] = tag;
            output.Advance(1);
            EnvelopeBinary.WriteText(output, text);
        }
    }
}

/// <summary>W3C Trace Context, level 1, version 00.</summary>
internal static class TraceText
{
    public static string? Format(ActivityContext context) => context.TraceId == default
        ? null
        : $"00-{context.TraceId.ToHexString()}-{context.SpanId.ToHexString()}-{(context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";
}
