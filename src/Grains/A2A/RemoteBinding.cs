using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansAgents.A2A;

/// <summary>How operations go over HTTP, and what comes back: by JSON-RPC, or by paths and methods.</summary>
/// <param name="host">What the other side is called in errors.</param>
/// <param name="at">Its interface.</param>
internal abstract class RemoteBinding(string host, AgentInterface at)
{
    protected static readonly MediaTypeHeaderValue Json = new("application/json");

    protected string Host { get; } = host;

    protected Uri Url { get; } = new(at.Url);

    /// <summary>What is sent along as the tenant; null for nothing.</summary>
    public string? Tenant { get; } = string.IsNullOrEmpty(at.Tenant) ? null : at.Tenant;

    public static bool IsSpoken(string binding) => binding is A2AProtocol.JsonRpc or A2AProtocol.HttpJson;

    /// <summary>The binding of an interface that we speak.</summary>
    public static RemoteBinding Of(string host, AgentInterface at) => at.ProtocolBinding == A2AProtocol.JsonRpc ? new RpcBinding(host, at) : new PathBinding(host, at);

    public abstract HttpRequestMessage Write(RemoteOperation operation);

    /// <summary>Reads what an operation came to, as an answer or as an event of a stream.</summary>
    /// <exception cref="RemoteException">It is an error, or none of the protocol.</exception>
    public abstract T Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type);

    /// <summary>What an answer means that is no success.</summary>
    /// <param name="json">What it says; empty where that is no JSON.</param>
    /// <param name="status">The status of HTTP.</param>
    /// <param name="retryAfter">When to come again, as the header says; null where it does not.</param>
    public abstract RemoteException ReadError(ReadOnlyMemory<byte> json, int status, TimeSpan? retryAfter);

    protected RemoteException Broken(JsonException e) => RemoteException.Broken(Host, "it cannot be read as JSON of the protocol.", e);

    protected static ByteArrayContent Content(byte[] json, MediaTypeHeaderValue type) => new(json) { Headers = { ContentType = type } };

    /// <summary>When to come back, as details of an error say it.</summary>
    protected static TimeSpan? FindRetry(IReadOnlyList<ErrorDetail>? details) =>
        details?.FirstOrDefault(d => d.Type == ErrorDetail.RetryInfo)?.RetryDelay is { Length: > 1 } text && text[^1] == 's'
            && double.TryParse(text.AsSpan(0, text.Length - 1), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var seconds)
            && seconds <= TimeSpan.FromDays(1).TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : null;
}

/// <summary>The binding by JSON-RPC 2.0.</summary>
internal sealed class RpcBinding(string host, AgentInterface at) : RemoteBinding(host, at)
{
    // Each call has a connection for itself, so they need no ids that differ.
    private const string Id = "1";

    public override HttpRequestMessage Write(RemoteOperation operation)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(operation.Params.Length + 128);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc", "2.0");
            json.WriteString("id", Id);
            json.WriteString("method", operation.Method);
            json.WritePropertyName("params");
            json.WriteRawValue(operation.Params, skipInputValidation: true);
            json.WriteEndObject();
        }

        return new HttpRequestMessage(HttpMethod.Post, Url) { Content = Content(output.WrittenSpan.ToArray(), Json) };
    }

    public override T Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
    {
        try
        {
            using var read = Parse(json);
            return TryReadError(read.RootElement, 200, retryAfter: null) is { } error ? throw error
                : read.RootElement.ValueKind == JsonValueKind.Object && read.RootElement.TryGetProperty("result", out var result) && HasId(read.RootElement)
                    ? result.Deserialize(type) ?? throw new JsonException("The result is null.")
                    : throw RemoteException.Broken(Host, "it has neither a result nor an error, or is for another call.");
        }
        catch (JsonException e)
        {
            throw Broken(e);
        }
    }

    public override RemoteException ReadError(ReadOnlyMemory<byte> json, int status, TimeSpan? retryAfter)
    {
        try
        {
            using var read = Parse(json);
            return TryReadError(read.RootElement, status, retryAfter) ?? RemoteException.Of(Host, error: null, status, message: null, retryAfter);
        }
        catch (JsonException)
        {
            return RemoteException.Of(Host, error: null, status, message: null, retryAfter);
        }
    }

    private RemoteException? TryReadError(JsonElement answer, int status, TimeSpan? retryAfter)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("error", out var read) || read.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var error = read.Deserialize(A2AJson.Default.RpcError) ?? throw new JsonException("The error is null.");
        return RemoteException.Of(Host, A2AError.OfCode(error.Code), status, error.Message, FindRetry(error.Data) ?? retryAfter);
    }

    private static bool HasId(JsonElement answer) => answer.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.ValueEquals(Id);

    private static JsonDocument Parse(ReadOnlyMemory<byte> json) =>
        JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Messaging.PayloadJson.MaxDepth, AllowDuplicateProperties = false });
}

/// <summary>The binding by paths and methods of HTTP.</summary>
internal sealed class PathBinding(string host, AgentInterface at) : RemoteBinding(host, at)
{
    private static readonly MediaTypeHeaderValue Own = new(A2AProtocol.MediaType);

    private readonly string _base = at.Url.TrimEnd('/');

    public override HttpRequestMessage Write(RemoteOperation operation) =>
        new(operation.Verb, new Uri($"{_base}/{operation.Path}")) { Content = operation.Body is { } body ? Content(body, Own) : null };

    public override T Read<T>(ReadOnlyMemory<byte> json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw Broken(e);
        }
    }

    public override RemoteException ReadError(ReadOnlyMemory<byte> json, int status, TimeSpan? retryAfter)
    {
        try
        {
            var error = JsonSerializer.Deserialize(json.Span, A2AJson.Default.HttpErrorBody)?.Error ?? throw new JsonException("It is null.");
            var reason = error.Details?.FirstOrDefault(d => d.Type == ErrorDetail.Info && d.Domain == A2AError.Domain)?.Reason;
            // What the protocol does not name, HTTP does; a fault of the request has no name in either.
            var named = A2AError.OfReason(reason) ?? (status is 400 or 422 ? A2AError.InvalidParams : null);
            return RemoteException.Of(Host, named, status, error.Message, FindRetry(error.Details) ?? retryAfter);
        }
        catch (JsonException)
        {
            return RemoteException.Of(Host, error: null, status, message: null, retryAfter);
        }
    }
}
