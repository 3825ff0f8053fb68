using System.Net.Mime;
using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.Http;
using CloudNative.CloudEvents.SystemTextJson;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Reads the CloudEvents of a request, in the mode that its headers say.</summary>
internal static class CloudEventReader
{
    public const string Structured = "application/cloudevents+json";
    public const string Batch = "application/cloudevents-batch+json";

    private static readonly JsonEventFormatter Formatter = new();

    /// <summary>The events; one that is whole in the headers has the body as its data, in bytes.</summary>
    /// <exception cref="AgentRefusedException">There are none; the message says why.</exception>
    public static IReadOnlyList<CloudEvent> Read(HttpContext context, ReadOnlyMemory<byte> body)
    {
        try
        {
            return HttpDoor.IsOf(context, Batch) ? Formatter.DecodeBatchModeMessage(Checked(body), new ContentType(Batch), null)
                : HttpDoor.IsOf(context, Structured) ? [Formatter.DecodeStructuredModeMessage(Checked(body), new ContentType(Structured), null)]
                : [ReadBinary(context, body)];
        }
        catch (JsonException e)
        {
            throw new AgentRefusedException(RefusalCodes.MalformedJson, $"The body is no JSON, at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or InvalidCastException or NotSupportedException or OverflowException)
        {
            // What the reader of events says would repeat what came.
            throw new AgentRefusedException(
                RefusalCodes.MissingField, "The request holds no CloudEvent of version 1.0: an attribute that it must have is missing, or one is not of its type.");
        }
    }

    /// <summary>Whether the headers hold an event.</summary>
    public static bool IsBinary(HttpContext context) => context.Request.Headers.ContainsKey("ce-specversion");

    private static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> body) => System.Text.Unicode.Utf8.IsValid(body.Span)
        ? body
        : throw new AgentRefusedException(RefusalCodes.InvalidUtf8, "The body is no valid UTF-8.");

    private static CloudEvent ReadBinary(HttpContext context, ReadOnlyMemory<byte> body)
    {
        var headers = context.Request.Headers;
        var version = CloudEventsSpecVersion.FromVersionId(headers["ce-specversion"].ToString())
            ?? throw new ArgumentException("The version is none that is known.", nameof(context));
        var read = new CloudEvent(version) { Data = body.ToArray(), DataContentType = context.Request.ContentType };
        foreach (var (header, value) in headers)
        {
            if (HttpUtilities.GetAttributeNameFromHeaderName(header) is { } name && name != "specversion")
            {
                read.SetAttributeFromString(name, HttpUtilities.DecodeHeaderValue(value.ToString()));
            }
        }

        return read.IsValid ? read : throw new ArgumentException("An attribute is missing.", nameof(context));
    }

    /// <summary>The event's data as UTF-8 JSON; null where it is of another type.</summary>
    public static byte[]? FindJson(CloudEvent read) => read.Data switch
    {
        null => "{}"u8.ToArray(),
        JsonElement element => Encoding.UTF8.GetBytes(element.GetRawText()),
        byte[] bytes when IsJson(read.DataContentType) => bytes.Length == 0 ? "{}"u8.ToArray() : bytes,
        _ => null,
    };

    private static bool IsJson(string? contentType) =>
        contentType is null
        || (Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(contentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)));
}
