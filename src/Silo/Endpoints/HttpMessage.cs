using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Makes a message of a request: its path names recipient and contract, or its body does.</summary>
internal static class HttpMessage
{
    public const string IdHeader = "Agents-Message-Id";
    public const string DuplicateHeader = "Agents-Duplicate";
    public const string ConversationHeader = "Agents-Conversation-Id";
    public const string TimeoutHeader = "Agents-Timeout";

    /// <summary>The message that a request brings, judged by the reader and the limits of all messages.</summary>
    /// <exception cref="AgentRefusedException">It is none; every problem is told.</exception>
    public static Envelope Read(
        HttpContext context, AgentId sender, string recipient, ReadOnlySpan<byte> payload, MessageLimits limits, string? contract = null)
    {
        var request = context.Request;
        var (name, version) = (contract ?? RawPath.Read(context, "contract", behind: 0), ReadVersion(request));
        return Make(sender, recipient, name, version, payload, Find(request.Headers[IdHeader]), Find(request.Headers[ConversationHeader]), limits);
    }

    /// <summary>A message of its parts, judged by the reader and the limits of all messages.</summary>
    /// <param name="sender">Who sends it.</param>
    /// <param name="recipient">Whom it is for.</param>
    /// <param name="contract">The contract's name.</param>
    /// <param name="version">The contract's version.</param>
    /// <param name="payload">The payload's JSON.</param>
    /// <param name="id">Its id; null for a new one.</param>
    /// <param name="conversation">The conversation that it belongs to; null for none.</param>
    /// <param name="limits">How large it may be.</param>
    /// <exception cref="AgentRefusedException">It is none; every problem is told.</exception>
    public static Envelope Make(
        AgentId sender, string recipient, string contract, int version, ReadOnlySpan<byte> payload, string? id, string? conversation, MessageLimits limits)
    {
        var written = new ArrayBufferWriter<byte>(payload.Length + 256);
        try
        {
            using var json = new Utf8JsonWriter(written, new JsonWriterOptions { Encoder = PayloadJson.Options.Encoder, MaxDepth = limits.Depth + 2 });
            json.WriteStartObject();
            json.WriteString("recipient", recipient);
            json.WriteString("type", contract);
            json.WriteNumber("version", version);
            WriteText(json, "id", id);
            WriteText(json, "conversationId", conversation);
            json.WritePropertyName("payload");
            // Checked to be one whole value, so that it cannot end the member and begin others.
            json.WriteRawValue(payload);
            json.WriteEndObject();
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw Refuse(MalformedPayload(payload, limits));
        }

        var (envelope, problems) = EnvelopeJson.Read(written.WrittenMemory, limits, defaultSender: sender);
        return envelope ?? throw Refuse(problems!);
    }

    /// <summary>How long the sender waits.</summary>
    /// <exception cref="AgentRefusedException">The header holds no time, or more than is allowed.</exception>
    public static SendOptions ReadWait(HttpRequest request, HttpOptions options)
    {
        if (request.Headers[TimeoutHeader] is not { Count: > 0 } header)
        {
            return new SendOptions { Timeout = options.Timeout };
        }

        return double.TryParse(header.ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds > 0 && seconds <= options.MaxTimeout.TotalSeconds && TimeSpan.FromSeconds(seconds) is { Ticks: > 0 } timeout
            ? new SendOptions { Timeout = timeout }
            : throw new AgentRefusedException(
                HttpCodes.BadParameter, $"The header {TimeoutHeader} is a number of seconds above zero, {options.MaxTimeout.TotalSeconds:0} at most, such as 2.5.");
    }

    private static int ReadVersion(HttpRequest request) => request.Query["version"] switch
    {
        [] => 1,
        [var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 => version,
        _ => throw new AgentRefusedException(RefusalCodes.BadVersion, "The parameter 'version' is given once, as a whole number of 1 or more."),
    };

    private static string? Find(StringValues header) => header.Count > 0 ? header.ToString() : null;

    private static void WriteText(Utf8JsonWriter json, string member, string? text)
    {
        if (text is not null)
        {
            json.WriteString(member, text);
        }
    }

    /// <summary>What the reader of messages says of a payload that is not even JSON.</summary>
    private static IReadOnlyList<Problem> MalformedPayload(ReadOnlySpan<byte> payload, MessageLimits limits) =>
        EnvelopeJson.Read(payload.ToArray(), limits).Problems is [{ Pointer: "" } problem, ..]
            ? [problem with { Pointer = "/payload" }]
            : [new Problem("/payload", RefusalCodes.MalformedJson, "The body is no JSON.")];

    private static AgentRefusedException Refuse(IReadOnlyList<Problem> problems) => new(ReceiptJson.Of(problems));
}
