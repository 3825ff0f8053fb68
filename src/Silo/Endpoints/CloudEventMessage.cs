using System.Buffers;
using System.Text.Json;
using CloudNative.CloudEvents;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Makes messages of CloudEvents.</summary>
internal static class CloudEventMessage
{
    /// <summary>The event as a message to a topic's agent, or what is wrong with it. Exactly one is null.</summary>
    public static (Envelope? Envelope, Refusal? Refusal) Read(CloudEvent read, AgentId sender, AgentId recipient, MessageLimits limits)
    {
        var source = read.Source!.OriginalString;
        if (CloudEventNames.IsOfThePlatform(source) && source != CloudEventNames.SourceOf(sender))
        {
            return (null, new Refusal(HttpCodes.NotYours, $"The event's source is another's; the caller's own is {CloudEventNames.SourceOf(sender)}, and one that does not begin with /agents/ is taken as it is."));
        }

        if (CloudEventReader.FindJson(read) is not { } data)
        {
            return (null, new Refusal(HttpCodes.UnsupportedMediaType, "The data of an event is a JSON object, and its datacontenttype application/json."));
        }

        var written = new ArrayBufferWriter<byte>(data.Length + 512);
        try
        {
            using var json = new Utf8JsonWriter(written, new JsonWriterOptions { Encoder = PayloadJson.Options.Encoder, MaxDepth = limits.Depth + 2 });
            Write(json, read, sender, recipient, data);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return (null, new Refusal(RefusalCodes.MalformedJson, "The data of the event is no JSON."));
        }

        var (envelope, problems) = EnvelopeJson.Read(written.WrittenMemory, limits, defaultSender: sender);
        return (envelope, problems is null ? null : ReceiptJson.Of(problems));
    }

    private static void Write(Utf8JsonWriter json, CloudEvent read, AgentId sender, AgentId recipient, byte[] data)
    {
        var (contract, version) = CloudEventNames.ReadType(read.Type!);
        var source = read.Source!.OriginalString;
        json.WriteStartObject();
        json.WriteString("id", CloudEventNames.IdOf(sender, source, read.Id!).Value);
        json.WriteString("recipient", recipient.ToString());
        json.WriteString("type", contract);
        json.WriteNumber("version", version);
        if (read.Time is { } time)
        {
            json.WriteString("sentAt", time.UtcDateTime);
        }

        WriteField(json, read, "conversationId", CloudEventNames.Conversation);
        WriteField(json, read, "traceparent", CloudEventNames.TraceParent);
        WriteField(json, read, "tracestate", CloudEventNames.TraceState);
        json.WriteStartObject("headers");
        json.WriteString(CloudEventNames.Header + "id", read.Id);
        json.WriteString(CloudEventNames.Header + "source", source);
        foreach (var (attribute, value) in read.GetPopulatedAttributes())
        {
            if (CloudEventNames.IsCarried(attribute.Name))
            {
                json.WriteString(CloudEventNames.Header + attribute.Name, attribute.Format(value));
            }
        }

        json.WriteEndObject();
        json.WritePropertyName("payload");
        // Checked to be one whole value, so that it cannot end the member and begin others.
        json.WriteRawValue(data);
        json.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter json, CloudEvent read, string member, string attribute)
    {
        if (read[attribute] is string text)
        {
            json.WriteString(member, text);
        }
    }
}
