using System.Text.Json;
using OrleansAgents.Endpoints;

namespace OrleansAgents.A2A;

/// <summary>How requests are read and answers written. Both bindings have the same operations and the same errors.</summary>
internal abstract class A2ABinding
{
    /// <summary>The media type of answers.</summary>
    protected abstract string MediaType { get; }

    /// <summary>Reads what belongs to the binding itself, once it is known who calls.</summary>
    /// <exception cref="A2AException">The request is none.</exception>
    public virtual Task BeginAsync(HttpContext context, HttpDoor door, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Writes a result.</summary>
    public Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> result, CancellationToken cancellationToken) =>
        WriteAsync(context, (Binding: this, result), static (json, what) => what.Binding.WriteResult(json, what.result), cancellationToken);

    /// <summary>Writes an error, and what HTTP says of it.</summary>
    public Task WriteErrorAsync(HttpContext context, A2AException fault, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = StatusOf(fault.Error);
        HttpReceipt.Advise(context.Response, fault.Refusal);
        return WriteAsync(context, (Binding: this, fault), static (json, what) => what.Binding.WriteError(json, what.fault), cancellationToken);
    }

    /// <summary>An event of a stream, on one line.</summary>
    public ReadOnlyMemory<byte> ToBytes(StreamResponse one) => ToBytes(json => JsonSerializer.Serialize(json, one, A2AJson.Default.StreamResponse));

    /// <summary>An error, on one line.</summary>
    public ReadOnlyMemory<byte> ToBytes(A2AException fault) => HttpJson.ToBytes(json => WriteError(json, fault));

    /// <summary>The status of an error.</summary>
    protected abstract int StatusOf(A2AError error);

    /// <summary>Writes a result with what stands around it.</summary>
    protected abstract void WriteResult(Utf8JsonWriter json, Action<Utf8JsonWriter> result);

    /// <summary>Writes an error with what stands around it.</summary>
    protected abstract void WriteError(Utf8JsonWriter json, A2AException fault);

    private ReadOnlyMemory<byte> ToBytes(Action<Utf8JsonWriter> result) => HttpJson.ToBytes(json => WriteResult(json, result));

    private Task WriteAsync<TWhat>(HttpContext context, TWhat what, Action<Utf8JsonWriter, TWhat> write, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.Headers[A2AProtocol.VersionHeader] = A2AProtocol.Version;
        response.ContentType = MediaType;
        ScratchJson.Write(response, what, write);
        return response.BodyWriter.FlushAsync(cancellationToken).AsTask();
    }
}
