using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>The binding by paths and methods: results and errors stand for themselves.</summary>
internal sealed class HttpJsonBinding : A2ABinding
{
    public static readonly HttpJsonBinding Instance = new();

    protected override string MediaType => A2AProtocol.MediaType;

    /// <summary>The body as a record. Where there may be none, an empty one and <c>null</c> are what <paramref name="empty"/> is.</summary>
    /// <exception cref="A2AException">It is none.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, HttpDoor door, JsonTypeInfo<T> type, CancellationToken cancellationToken, T? empty = null)
        where T : class
    {
        var body = await ReadBodyAsync(context, door, mayBeEmpty: empty is not null, cancellationToken);
        if (empty is not null && (body.Length == 0 || body.AsSpan().Trim(" \t\r\n"u8).SequenceEqual("null"u8)))
        {
            return empty;
        }

        return ProtocolJson.Read(body, type, "body");
    }

    /// <summary>The body, which is of one of the media types of JSON.</summary>
    /// <exception cref="A2AException">It is of another, or too large.</exception>
    public static async Task<byte[]> ReadBodyAsync(HttpContext context, HttpDoor door, bool mayBeEmpty, CancellationToken cancellationToken)
    {
        var isEmpty = mayBeEmpty && context.Request.ContentLength is 0 or null && string.IsNullOrEmpty(context.Request.ContentType);
        if (!isEmpty && !HttpDoor.IsOf(context, MediaTypes.Json) && !HttpDoor.IsOf(context, A2AProtocol.MediaType))
        {
            throw new A2AException(A2AError.ContentTypeNotSupported, $"A request is sent as {MediaTypes.Json} or {A2AProtocol.MediaType}.");
        }

        var (body, refusal) = await HttpDoor.ReadBodyAsync(context, door.Limits.MessageBytes, cancellationToken);
        return body ?? throw A2AException.Of(refusal!, Outcome.Refused);
    }

    /// <summary>A parameter of the query; null where it is not there.</summary>
    /// <exception cref="A2AException">It is there more than once.</exception>
    public static string? Text(HttpContext context, string name) => context.Request.Query[name] switch
    {
        [] => null,
        [var text] => text,
        _ => throw A2AException.Invalid(name, "It is given once."),
    };

    /// <summary>A whole number of the query; null where it is not there.</summary>
    /// <exception cref="A2AException">It is none.</exception>
    public static int? Number(HttpContext context, string name) => Text(context, name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw A2AException.Invalid(name, "It is a whole number.");

    protected override int StatusOf(A2AError error) => error.HttpStatus;

    protected override void WriteResult(Utf8JsonWriter json, Action<Utf8JsonWriter> result) => result(json);

    protected override void WriteError(Utf8JsonWriter json, A2AException fault)
    {
        var error = new HttpError(fault.Error.HttpStatus, fault.Message, fault.Error.Status, fault.Details.Count == 0 ? null : fault.Details);
        JsonSerializer.Serialize(json, new HttpErrorBody(error), A2AJson.Default.HttpErrorBody);
    }
}
