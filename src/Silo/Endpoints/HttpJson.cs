using System.Buffers;
using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Writes answers as JSON that nobody keeps.</summary>
internal static class HttpJson
{
    public static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json, cancellationToken);
    }

    public static Task WriteNothingAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write, CancellationToken cancellationToken) =>
        WriteAsync(context, ToBytes(write), cancellationToken);

    /// <summary>On one line, whatever is written.</summary>
    public static ReadOnlyMemory<byte> ToBytes(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = PayloadJson.Options.Encoder });
        write(json);
        json.Flush();
        return output.WrittenMemory;
    }
}
