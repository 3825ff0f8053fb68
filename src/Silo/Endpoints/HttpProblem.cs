using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Writes a refusal as problem details (RFC 9457): the same members for every endpoint, and nothing of the inside.</summary>
internal static class HttpProblem
{
    public const string MediaType = "application/problem+json";

    /// <param name="context">The request.</param>
    /// <param name="refusal">Why it is refused.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <param name="outcome">Whether it was refused or failed.</param>
    /// <param name="status">The status; null for that of the code.</param>
    /// <param name="more">Writes further members; null for none.</param>
    public static async Task WriteAsync(
        HttpContext context, Refusal refusal, CancellationToken cancellationToken, Outcome outcome = Outcome.Refused, int? status = null, Action<Utf8JsonWriter>? more = null)
    {
        var response = context.Response;
        response.StatusCode = status ?? HttpCodes.StatusOf(outcome, refusal.Code);
        HttpReceipt.Advise(response, refusal);
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        var body = Write(response.StatusCode, refusal, more);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, cancellationToken);
    }

    /// <summary>The text of a problem.</summary>
    public static ReadOnlyMemory<byte> Write(int status, Refusal refusal, Action<Utf8JsonWriter>? more = null)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = PayloadJson.Options.Encoder });
        json.WriteStartObject();
        json.WriteString("type", "/problems/" + Uri.EscapeDataString(refusal.Code));
        json.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
        json.WriteNumber("status", status);
        json.WriteString("code", refusal.Code);
        json.WriteString("detail", refusal.Message);
        ReceiptJson.WriteProblems(json, refusal);
        more?.Invoke(json);
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }
}
