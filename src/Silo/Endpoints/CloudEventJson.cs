using System.Globalization;
using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Endpoints;

/// <summary>Events of a topic as CloudEvents 1.0 in JSON, each on one line.</summary>
internal static class CloudEventJson
{
    public static ReadOnlyMemory<byte> Write(TopicId topic, TopicEvent read) => HttpJson.ToBytes(json =>
    {
        var (envelope, extras) = (read.Envelope, read.Envelope.Extras);
        var (id, source) = Origin(envelope);
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", id);
        json.WriteString("source", source);
        json.WriteString("type", CloudEventNames.WriteType(envelope.Type, envelope.Version));
        json.WriteString("time", (extras?.SentAt ?? read.At).UtcDateTime);
        json.WriteString("datacontenttype", "application/json");
        WriteCarried(json, extras);
        json.WriteString(CloudEventNames.Sender, envelope.Sender.ToString());
        json.WriteString(CloudEventNames.Topic, topic.Name);
        json.WriteString(CloudEventNames.Position, read.Position.ToString(CultureInfo.InvariantCulture));
        json.WriteString(CloudEventNames.MessageId, envelope.Id.ToString());
        WriteText(json, CloudEventNames.Conversation, extras?.ConversationId);
        WriteText(json, CloudEventNames.Causation, extras?.CausationId?.ToString());
        WriteText(json, CloudEventNames.Correlation, extras?.CorrelationId?.ToString());
        WriteText(json, CloudEventNames.TraceParent, extras?.TraceParent);
        WriteText(json, CloudEventNames.TraceState, extras?.TraceState);
        WriteText(json, CloudEventNames.Encryption, extras?.Encryption?.KeyId);
        json.WritePropertyName("data");
        WriteCompact(json, envelope.PayloadJson);
        json.WriteEndObject();
    });

    /// <summary>The message as it stands in the wire format, on one line.</summary>
    public static ReadOnlyMemory<byte> WriteEnvelope(TopicEvent read) => HttpJson.ToBytes(json => WriteCompact(json, EnvelopeJson.ToBytes(read.Envelope)));

    /// <summary>What the event was called where it came from; the headers that say so are any sender's, and cannot name another of the platform.</summary>
    private static (string Id, string Source) Origin(Envelope envelope)
    {
        var own = CloudEventNames.SourceOf(envelope.Sender);
        var headers = envelope.Extras?.Headers;
        return headers?.GetValueOrDefault(CloudEventNames.Header + "id") is { Length: > 0 } id
            && headers.GetValueOrDefault(CloudEventNames.Header + "source") is { Length: > 0 } source
            && (source == own || !CloudEventNames.IsOfThePlatform(source)) && Uri.TryCreate(source, UriKind.RelativeOrAbsolute, out _)
            ? (id, source)
            : (envelope.Id.ToString(), own);
    }

    private static void WriteCarried(Utf8JsonWriter json, EnvelopeExtras? extras)
    {
        foreach (var (name, value) in extras?.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (!name.StartsWith(CloudEventNames.Header, StringComparison.Ordinal) || !CloudEventNames.IsCarried(name[CloudEventNames.Header.Length..]))
            {
                continue;
            }

            var attribute = name[CloudEventNames.Header.Length..];
            if (value.Length > 0 && (attribute != "dataschema" || Uri.TryCreate(value, UriKind.Absolute, out _)))
            {
                json.WriteString(attribute, value);
            }
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    /// <summary>A sender's JSON may have line ends, which would end the event in the middle.</summary>
    private static void WriteCompact(Utf8JsonWriter json, ReadOnlyMemory<byte> text)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MessageLimits.Kept.Depth });
        document.RootElement.WriteTo(json);
    }
}
