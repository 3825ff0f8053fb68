using System.Diagnostics;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Security;

namespace OrleansAgents.Messaging;

/// <summary>
/// A message on its way: who sends what to whom, and the fields around it. Immutable. The payload is the sender's
/// record, or UTF-8 JSON, or both; it is converted at most once each way and only when somebody needs it.
/// </summary>
[Immutable, Alias("agents.Envelope")]
public sealed class Envelope
{
    private object? _value;
    private ReadOnlyMemory<byte> _json;
    private bool _isWrittenHere;

    internal Envelope(MessageId id, AgentId sender, AgentId recipient, Contract contract, object? value, ReadOnlyMemory<byte> json)
    {
        Id = id;
        Sender = sender;
        Recipient = recipient;
        Contract = contract;
        _value = value;
        _json = json;
    }

    private Envelope(Envelope other)
    {
        Id = other.Id;
        Sender = other.Sender;
        Recipient = other.Recipient;
        Contract = other.Contract;
        Deadline = other.Deadline;
        Extras = other.Extras;
        Span = other.Span;
        IsFromOutside = other.IsFromOutside;
        IsSealedHere = other.IsSealedHere;
        _value = other._value;
        _json = other._json;
        _isWrittenHere = other._isWrittenHere;
    }

    /// <summary>The message's identity.</summary>
    public MessageId Id { get; private init; }

    /// <summary>Who sends it. A program outside has an address of its own, such as <c>client/cli</c>.</summary>
    public AgentId Sender { get; }

    /// <summary>Whom it is for.</summary>
    public AgentId Recipient { get; private init; }

    /// <summary>What it is.</summary>
    public Contract Contract { get; }

    /// <summary>The contract's name.</summary>
    public string Type => Contract.Name;

    /// <summary>The contract's version.</summary>
    public int Version => Contract.Version;

    /// <summary>When it is too late to handle it, or null for never.</summary>
    public DateTimeOffset? ExpiresAt => Deadline == 0 ? null : new DateTimeOffset(Deadline, TimeSpan.Zero);

    /// <summary>The fields that most messages lack; null when all are absent.</summary>
    public EnvelopeExtras? Extras { get; private set; }

    /// <summary>The payload's UTF-8 JSON, made from the record on first use.</summary>
    /// <exception cref="JsonException">The record cannot be written as JSON.</exception>
    public ReadOnlyMemory<byte> PayloadJson
    {
        get
        {
            if (_json.IsEmpty)
            {
                _json = JsonSerializer.SerializeToUtf8Bytes(_value, Contract.TypeInfo);
                _isWrittenHere = true;
            }

            return _json;
        }
    }

    /// <summary>UTC ticks; 0 for never.</summary>
    internal long Deadline { get; private set; }

    /// <summary>The sender's span within this process, so that neither a text nor a copy is made of it.</summary>
    internal Activity? Span { get; private set; }

    internal bool HasJson => !_json.IsEmpty;

    /// <summary>Whether it came from a program that is no silo, by way of a silo's gateway or of HTTP.</summary>
    internal bool IsFromOutside { get; private set; }

    /// <summary>Whether the gate found its signature to hold.</summary>
    internal bool IsVerified { get; private set; }

    /// <summary>Whether this process sealed the payload, and so opens the reply; it never leaves the process.</summary>
    internal bool IsSealedHere { get; private init; }

    /// <summary>A new message that carries a record.</summary>
    public static Envelope Create<TMessage>(AgentId sender, AgentId recipient, TMessage message)
        where TMessage : notnull =>
        new(MessageId.New(), sender, recipient, Contract.Of(message.GetType()), message, default);

    /// <summary>A new message that carries a JSON object as it is. Whether it is one, and fits the contract, its receiver finds out.</summary>
    /// <exception cref="ArgumentException"><paramref name="payload"/> is empty; a message without members is <c>{}</c>.</exception>
    /// <exception cref="FormatException">The contract's name or version breaks the rules.</exception>
    public static Envelope CreateJson(AgentId sender, AgentId recipient, string type, ReadOnlyMemory<byte> payload, int version = 1) =>
        payload.IsEmpty
            ? throw new ArgumentException("The payload is empty; write {} for a message without members.", nameof(payload))
            : new(MessageId.New(), sender, recipient, Contract.Untyped(type, version), value: null, payload);

    /// <summary>The same message for somebody else.</summary>
    public Envelope To(AgentId recipient) => new(this) { Recipient = recipient };

    /// <summary>The same for somebody else, under another id.</summary>
    internal Envelope To(AgentId recipient, MessageId id) => new(this) { Recipient = recipient, Id = id };

    /// <summary>The same message under another id.</summary>
    public Envelope WithId(MessageId id) => new(this) { Id = id };

    /// <summary>The same message with other rare fields.</summary>
    public Envelope With(EnvelopeExtras? extras) => new(this) { Extras = extras };

    /// <summary>The same message with another deadline; null for none.</summary>
    public Envelope WithExpiry(DateTimeOffset? expiresAt) => new(this) { Deadline = expiresAt is { } at ? Math.Max(at.UtcTicks, 1) : 0 };

    /// <summary>The same message, id and all, for the next agent on its way: what came in has passed a gate, and its signature was for another recipient.</summary>
    internal Envelope Onward(AgentId recipient, EnvelopeExtras extras) =>
        new(this) { Recipient = recipient, Extras = extras with { Signature = null }, IsFromOutside = false };

    /// <summary>Sets the deadline of a message that its maker has not let go yet, sparing a copy.</summary>
    internal void StampDeadline(long utcTicks) => Deadline = utcTicks;

    /// <inheritdoc cref="StampDeadline"/>
    internal void StampSpan(Activity? span) => Span = span;

    /// <summary>Notes where the message came in; of one that nobody else holds.</summary>
    internal void StampOutside() => IsFromOutside = true;

    /// <inheritdoc cref="StampDeadline"/>
    internal Envelope StampExtras(EnvelopeExtras? extras)
    {
        Extras = extras;
        return this;
    }

    internal void StampVerified() => IsVerified = true;

    /// <summary>The same message unsigned.</summary>
    internal Envelope WithoutSignature() => Extras?.Signature is null ? this : With(Extras with { Signature = null });

    /// <summary>A copy of the message with its payload in canonical form (RFC 8785).</summary>
    /// <exception cref="CanonicalJsonException">The payload has none.</exception>
    internal Envelope WithCanonicalPayload()
    {
        var payload = PayloadJson.Span;
        if ((_isWrittenHere && Contract.IsPlain && !payload.Contains((byte)'\\')) || CanonicalJson.IsCanonical(payload))
        {
            return new(this);
        }

        var canonical = new System.Buffers.ArrayBufferWriter<byte>(payload.Length);
        CanonicalJson.Write(payload, canonical);
        return new(this) { _json = canonical.WrittenMemory, _isWrittenHere = false };
    }

    internal Envelope WithWireFields(long deadline, EnvelopeExtras? extras) => new(this) { Deadline = deadline, Extras = extras };

    internal Envelope WithPayload(ReadOnlyMemory<byte> json, EnvelopeExtras extras, bool isSealedHere = false) =>
        new(this) { _value = null, _json = json, _isWrittenHere = false, Extras = extras, IsSealedHere = isSealedHere };

    /// <summary>Id, contract and addresses; never the payload.</summary>
    public override string ToString() => $"{Contract} {Id} {Sender} -> {Recipient}";

    /// <summary>Whether the payload is a JSON object, which is not known of one that somebody handed in as JSON.</summary>
    internal bool IsPayloadObject()
    {
        if (_value is not null)
        {
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(_json.Span, new JsonReaderOptions { MaxDepth = MessageLimits.Kept.Depth });
            var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (reader.Read())
            {
            }

            return isObject && System.Text.Unicode.Utf8.IsValid(_json.Span);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The payload as the record of <paramref name="contract"/>.</summary>
    internal object ReadPayload(Contract contract) =>
        _value is not null && _value.GetType() == contract.MessageType
            ? _value
            : _value = JsonSerializer.Deserialize(PayloadJson.Span, contract.TypeInfo)
                ?? throw new JsonException("The payload is null.");
}
