using System.Buffers;
using System.Globalization;
using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Writes what became of a message as the answer to its request.</summary>
internal static class HttpReceipt
{
    public static async Task WriteAsync(HttpContext context, MessageId? id, Reply reply, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.StatusCode = HttpCodes.StatusOf(reply.Outcome, reply.Refusal?.Code);
        Advise(response, reply.Refusal);
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        var body = Write(id, reply);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, cancellationToken);
    }

    /// <summary>Says in headers what to do about a refusal: when to come again, and with what.</summary>
    public static void Advise(HttpResponse response, Refusal? refusal)
    {
        if (response.StatusCode is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            // Whole seconds are all that the header can say.
            var seconds = Math.Max(1, (int)Math.Ceiling((refusal?.RetryAfterMs ?? 0) / 1000.0));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        else if (response.StatusCode == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }
    }

    private static ReadOnlyMemory<byte> Write(MessageId? id, Reply reply)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = PayloadJson.Options.Encoder });
        json.WriteStartObject();
        ReceiptJson.WriteMembers(json, id, reply.Outcome, reply.Refusal);
        if (reply.ToJson() is { } answer)
        {
            json.WritePropertyName("reply");
            json.WriteRawValue(answer, skipInputValidation: true);
        }

        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }
}
