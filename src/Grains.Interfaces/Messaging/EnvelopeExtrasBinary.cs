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
        TraceState = 7, HeaderName = 8, HeaderValue = 9, ChainLink = 10, Topic = 11, Position = 12;

    public static void Write(EnvelopeExtras? extras, Activity? span, ArrayBufferWriter<byte> output)
    {
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
        }

        output.GetSpan(1)[0] = End;
        output.Advance(1);
    }

    public static EnvelopeExtras? Read(ReadOnlySpan<byte> span, ref int at)
    {
        if (span[at] == End)
        {
            return null;
        }

        var extras = new EnvelopeExtras();
        var hops = new List<AgentId>();
        Dictionary<string, string>? headers = null;
        string headerName = "", topic = "";
        while (span[at++] is var tag && tag != End)
        {
            var text = EnvelopeBinary.ReadText(span, ref at);
            switch (tag)
            {
                case Correlation: extras = extras with { CorrelationId = new(Guid.Parse(text)) }; break;
                case Causation: extras = extras with { CausationId = new(Guid.Parse(text)) }; break;
                case Conversation: extras = extras with { ConversationId = text }; break;
                case SentAt: extras = extras with { SentAt = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) }; break;
                case TraceParent: extras = extras with { TraceParent = text }; break;
                case TraceState: extras = extras with { TraceState = text }; break;
                case Hop: hops.Add(AgentId.Parse(text)); break;
                case HeaderName: headerName = text; break;
                case HeaderValue: (headers ??= new(StringComparer.Ordinal))[headerName] = text; break;
                case ChainLink: extras = extras with { Chain = new CallChain(AgentId.Parse(text), extras.Chain) }; break;
                case Topic: topic = text; break;
                case Position: extras = extras with { Position = new(new(topic), long.Parse(text, CultureInfo.InvariantCulture)) }; break;
                // A field of a later version says nothing to this one.
                default: break;
            }
        }

        return extras with { Hops = hops, Headers = headers };
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
