using System.Text;
using System.Text.Json;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>Collects a message's members while it is read, and the problems with them.</summary>
internal sealed partial class EnvelopeFields(MessageLimits limits, ContractCatalogue? catalogue, string? defaultKind, AgentId? defaultSender)
    : FieldReader(limits, defaultKind)
{
    private static readonly string[] Known =
    [
        "id", "type", "version", "sender", "recipient", "payload", "correlationId", "causationId", "conversationId",
        "sentAt", "expiresAt", "hops", "traceparent", "tracestate", "headers", "signature", "encryption",
    ];

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private MessageId? _id;
    private string? _type;
    private int _version = 1;
    private AgentId _sender = defaultSender ?? default;
    private AgentId _recipient;
    private ReadOnlyMemory<byte> _payload;
    private DateTimeOffset? _expiresAt;
    private EnvelopeExtras? _extras;
    private bool _hasUnknown;

    public void Member(ref Utf8JsonReader reader, ReadOnlyMemory<byte> utf8)
    {
        var name = FindKnown(ref reader);
        reader.Read();
        if (name is null)
        {
            _hasUnknown = true;
            reader.Skip();
        }
        else if (!_seen.Add(name))
        {
            Report("/" + name, RefusalCodes.DuplicateField, "The field stands twice.");
            reader.Skip();
        }
        else if (name == "payload")
        {
            ReadPayload(ref reader, utf8);
        }
        else if (name == "version")
        {
            ReadVersion(ref reader);
        }
        else if (name == "headers")
        {
            ReadHeaders(ref reader);
        }
        else if (name == "hops")
        {
            ReadHops(ref reader);
        }
        else if (name == "signature")
        {
            ReadSignature(ref reader);
        }
        else if (name == "encryption")
        {
            ReadEncryption(ref reader);
        }
        else if (ReadText(ref reader, "/" + name) is { } text)
        {
            ReadTextField(name, text);
        }
    }

    private static string? FindKnown(ref Utf8JsonReader reader)
    {
        foreach (var known in Known)
        {
            if (reader.ValueTextEquals(known))
            {
                return known;
            }
        }

        return null;
    }

    public (Envelope? Envelope, IReadOnlyList<Problem>? Problems) Finish()
    {
        if (Problems is null || _seen.Count > 0)
        {
            foreach (var required in (ReadOnlySpan<string>)["sender", "recipient", "type", "payload"])
            {
                if (!_seen.Contains(required) && (required != "sender" || defaultSender is null))
                {
                    Report("/" + required, RefusalCodes.MissingField, $"The field '{required}' is missing.");
                }
            }
        }

        if (_hasUnknown && _extras?.Signature is not null && !ReferenceEquals(Limits, MessageLimits.Kept))
        {
            Report("/signature", RefusalCodes.BadSignature, "The message is signed and has a member that is none of its fields, which no signature covers.");
        }

        if (Problems is not null)
        {
            return (null, Problems);
        }

        var contract = catalogue?.Resolve(_type!, _version) ?? Contract.Untyped(_type!, _version);
        return (new Envelope(_id ?? MessageId.New(), _sender, _recipient, contract, value: null, _payload)
            .With(_extras).WithExpiry(_expiresAt), null);
    }

    private void ReadTextField(string name, string text)
    {
        switch (name)
        {
            case "id": _id = Id(name, text); break;
            case "correlationId": _extras = (_extras ?? new()) with { CorrelationId = Id(name, text) }; break;
            case "causationId": _extras = (_extras ?? new()) with { CausationId = Id(name, text) }; break;
            case "conversationId": _extras = (_extras ?? new()) with { ConversationId = Short(name, text) }; break;
            case "traceparent": _extras = (_extras ?? new()) with { TraceParent = Short(name, text) }; break;
            case "tracestate": _extras = (_extras ?? new()) with { TraceState = Short(name, text) }; break;
            case "sentAt": _extras = (_extras ?? new()) with { SentAt = Time(name, text) }; break;
            case "expiresAt": _expiresAt = Time(name, text); break;
            case "sender": _sender = Address("/sender", text); break;
            case "recipient": _recipient = Address("/recipient", text); break;
            default:
                _type = text;
                if (!Contract.IsName(text))
                {
                    Report("/type", RefusalCodes.BadType, BadType);
                }

                break;
        }
    }

    private void ReadPayload(ref Utf8JsonReader reader, ReadOnlyMemory<byte> utf8)
    {
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        _payload = utf8[start..(int)reader.BytesConsumed];
        if (!isObject)
        {
            Report("/payload", RefusalCodes.WrongKind, NoObject);
        }
        else if (_payload.Length > Limits.PayloadBytes)
        {
            Report("/payload", RefusalCodes.TooLarge, TooLong(_payload.Length));
        }
    }

    private void ReadVersion(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            Report("/version", RefusalCodes.WrongKind, "A version is a number.");
            reader.Skip();
        }
        else if (!reader.TryGetInt32(out _version) || _version < 1)
        {
            Report("/version", RefusalCodes.BadVersion, "A version is a whole number of 1 or more.");
        }
    }

    private void ReadHeaders(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Report("/headers", RefusalCodes.WrongKind, "Headers are a JSON object of texts.");
            reader.Skip();
            return;
        }

        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        var place = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryGetString(ref reader, out var name))
            {
                Report("/headers", RefusalCodes.MalformedJson, "A header's name has half of a surrogate pair.");
                name = "";
            }

            var pointer = "/headers/" + ContractNames.Place(++place);
            reader.Read();
            if (ReadText(ref reader, pointer) is not { } value)
            {
                continue;
            }

            if (!headers.TryAdd(name, value))
            {
                Report(pointer, RefusalCodes.DuplicateField, "The header stands twice.");
            }
            else if (Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) > Limits.HeaderBytes)
            {
                Report(pointer, RefusalCodes.TooLarge, $"A header holds {Limits.HeaderBytes} bytes at most.");
            }
        }

        if (headers.Count > Limits.Headers)
        {
            Report("/headers", RefusalCodes.TooLarge, $"A message has {Limits.Headers} headers at most.");
        }

        _extras = (_extras ?? new()) with { Headers = headers };
    }

    private void ReadHops(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Report("/hops", RefusalCodes.WrongKind, "Hops are an array of addresses.");
            reader.Skip();
            return;
        }

        var hops = new List<AgentId>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (hops.Count == Limits.Hops)
            {
                Report("/hops", RefusalCodes.TooManyHops, $"A message passes {Limits.Hops} agents at most.");
                SkipRest(ref reader);
                break;
            }

            var pointer = $"/hops/{hops.Count}";
            hops.Add(ReadText(ref reader, pointer) is { } text ? Address(pointer, text) : default);
        }

        _extras = (_extras ?? new()) with { Hops = hops };
    }

    private static void SkipRest(ref Utf8JsonReader reader)
    {
        do
        {
            reader.Skip();
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray);
    }
}
