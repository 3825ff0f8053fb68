using System.Buffers;
using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>Writes JSON into a buffer that each thread keeps, so that an answer costs no more memory than the server's own.</summary>
internal sealed class ScratchJson
{
    // A thread that once wrote a large answer does not keep it for ever.
    private const int MostKept = 64 * 1024;

    [ThreadStatic]
    private static ScratchJson? t_own;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    private ScratchJson() => _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = PayloadJson.Options.Encoder, SkipValidation = true });

    /// <summary>Writes an answer's body, which is sent with the next flush.</summary>
    public static void Write<TWhat>(HttpResponse response, TWhat what, Action<Utf8JsonWriter, TWhat> write)
    {
        var own = t_own ??= new ScratchJson();
        own._buffer.ResetWrittenCount();
        own._json.Reset();
        write(own._json, what);
        own._json.Flush();
        response.ContentLength = own._buffer.WrittenCount;
        response.BodyWriter.Write(own._buffer.WrittenSpan);
        if (own._buffer.Capacity > MostKept)
        {
            t_own = null;
        }
    }
}
