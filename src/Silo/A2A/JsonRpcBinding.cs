using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>The binding by JSON-RPC 2.0, for one request: every answer repeats the request's id.</summary>
internal sealed class JsonRpcBinding : A2ABinding
{
    // Around the parameters, which have the depth of messages.
    private const int Depth = PayloadJson.MaxDepth + 1;

    private byte[] _body = [];
    private Range _params;
    private Range? _id;

    /// <summary>The method.</summary>
    public string Method { get; private set; } = "";

    protected override string MediaType => MediaTypes.Json;

    public override async Task BeginAsync(HttpContext context, HttpDoor door, CancellationToken cancellationToken)
    {
        _body = await HttpJsonBinding.ReadBodyAsync(context, door, mayBeEmpty: false, cancellationToken);
        string? fault;
        try
        {
            fault = ReadRequest();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            _id = null;
            throw new A2AException(A2AError.ParseError, $"The body is no JSON, or nested deeper than {PayloadJson.MaxDepth}.");
        }

        if (fault is not null)
        {
            throw new A2AException(A2AError.InvalidRequest, fault);
        }
    }

    /// <summary>The parameters as a record; where there are none, those of an empty object.</summary>
    /// <exception cref="A2AException">They are no such record.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
        where T : class =>
        ProtocolJson.Read(_params.Equals(default) ? "{}"u8 : _body.AsSpan(_params), type, "params");

    // What is refused before the protocol comes into it has the status that HTTP has for it.
    protected override int StatusOf(A2AError error) =>
        error.Reason is null && A2AError.OfCode(error.Code) is null ? error.HttpStatus : StatusCodes.Status200OK;

    protected override void WriteResult(Utf8JsonWriter json, Action<Utf8JsonWriter> result)
    {
        WriteHead(json);
        json.WritePropertyName("result"u8);
        result(json);
        json.WriteEndObject();
    }

    protected override void WriteError(Utf8JsonWriter json, A2AException fault)
    {
        WriteHead(json);
        json.WritePropertyName("error"u8);
        JsonSerializer.Serialize(json, new RpcError(fault.Error.Code, fault.Message, fault.Details.Count == 0 ? null : fault.Details), A2AJson.Default.RpcError);
        json.WriteEndObject();
    }

    private void WriteHead(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WritePropertyName("id"u8);
        if (_id is { } id)
        {
            // As it came, so that no number loses digits.
            json.WriteRawValue(_body.AsSpan(id), skipInputValidation: true);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    /// <summary>Finds the members of the request; what is wrong with it, or null for nothing.</summary>
    private string? ReadRequest()
    {
        var reader = new Utf8JsonReader(_body, new JsonReaderOptions { MaxDepth = Depth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            while (reader.Read())
            {
            }

            return "A request is one object; several at once are not taken.";
        }

        var (isVersioned, hasMethod, fault, seen) = (false, false, (string?)null, Members.None);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = Name(ref reader);
            // Who reads the first and who reads the last would take it for two requests.
            fault = (seen & member) != Members.None ? "A member is there twice." : fault;
            seen |= member;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var token = reader.TokenType;
            if (member == Members.Version)
            {
                isVersioned = token == JsonTokenType.String && reader.ValueTextEquals("2.0"u8);
            }
            else if (member == Members.Method && token == JsonTokenType.String)
            {
                (Method, hasMethod) = (reader.GetString()!, true);
            }
            else if (member == Members.Params && token is not (JsonTokenType.StartObject or JsonTokenType.Null))
            {
                fault = "The parameters are an object.";
            }

            reader.Skip();
            var range = start..(int)reader.BytesConsumed;
            if (member == Members.Id && (token == JsonTokenType.String || (token == JsonTokenType.Number && IsWhole(_body.AsSpan(range)))))
            {
                _id = range;
            }
            else if (member == Members.Params && token == JsonTokenType.StartObject)
            {
                _params = range;
            }
        }

        // Nothing may follow the request.
        _ = reader.Read();
        return !isVersioned ? "'jsonrpc' is \"2.0\"."
            : _id is null ? "'id' is a text or a whole number, which the answer repeats."
            : !hasMethod ? "'method' is the name of one."
            : fault;
    }

    private static Members Name(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("jsonrpc"u8) ? Members.Version
        : reader.ValueTextEquals("id"u8) ? Members.Id
        : reader.ValueTextEquals("method"u8) ? Members.Method
        : reader.ValueTextEquals("params"u8) ? Members.Params
        : Members.None;

    private static bool IsWhole(ReadOnlySpan<byte> number) => !number.ContainsAny((byte)'.', (byte)'e', (byte)'E');

    [Flags]
    private enum Members
    {
        None = 0,
        Version = 1,
        Id = 2,
        Method = 4,
        Params = 8,
    }
}
