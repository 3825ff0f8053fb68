using System.Text.Json;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>
/// Reads a message that comes in parts, its payload alone and the other fields beside it, and judges each part as
/// <see cref="EnvelopeJson"/> does that of a message in one piece.
/// </summary>
internal sealed class EnvelopeParts(MessageLimits limits) : FieldReader(limits, defaultKind: null)
{
    private EnvelopeExtras? _extras;

    /// <summary>The message, or every problem found. Exactly one is null.</summary>
    /// <param name="sender">Who sends it.</param>
    /// <param name="recipient">Whom it is for.</param>
    /// <param name="type">The contract's name.</param>
    /// <param name="version">The contract's version.</param>
    /// <param name="payload">What was sent as the payload; it becomes part of the message, and is nobody's to change.</param>
    /// <param name="id">The message's id; null for one that is made up.</param>
    /// <param name="conversation">The conversation that it belongs to; null for none.</param>
    public (Envelope? Envelope, IReadOnlyList<Problem>? Problems) Read(
        AgentId sender, AgentId recipient, string type, int version, ReadOnlyMemory<byte> payload, string? id, string? conversation)
    {
        var isName = Contract.IsName(type);
        if (!isName)
        {
            Report("/type", RefusalCodes.BadType, BadType);
        }

        var given = id is null ? null : Id("id", id);
        if (conversation is not null)
        {
            _extras = new EnvelopeExtras { ConversationId = Short("conversationId", conversation) };
        }

        if (FindFault(ref payload) is { } fault)
        {
            // What is no JSON is said alone, as of a message in one piece.
            return (null, fault.Code is RefusalCodes.WrongKind or RefusalCodes.TooLarge ? [.. Problems ?? [], fault] : [fault]);
        }

        return Problems is { } problems
            ? (null, problems)
            : (new Envelope(given ?? MessageId.New(), sender, recipient, Contract.Untyped(type, version), value: null, payload).StampExtras(_extras), null);
    }

    /// <summary>What is wrong with a payload; null for nothing, and then it is without what surrounded it.</summary>
    private Problem? FindFault(ref ReadOnlyMemory<byte> payload)
    {
        const string Pointer = "/payload";
        var utf8 = payload.Span;
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            return new Problem(Pointer, RefusalCodes.InvalidUtf8, "The payload is no valid UTF-8.");
        }

        var isObject = false;
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Limits.Depth });
            reader.Read();
            isObject = reader.TokenType == JsonTokenType.StartObject;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            payload = payload[start..(int)reader.BytesConsumed];
            // The value was read; whatever follows but white space makes the reader throw.
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            return EnvelopeJson.Explain(e) with { Pointer = Pointer };
        }

        return !isObject ? new Problem(Pointer, RefusalCodes.WrongKind, NoObject)
            : payload.Length > Limits.PayloadBytes ? new Problem(Pointer, RefusalCodes.TooLarge, TooLong(payload.Length))
            : null;
    }
}
