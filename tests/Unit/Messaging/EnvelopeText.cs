using System.Text;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Messaging;

/// <summary>Messages as text, and what reading them gives.</summary>
internal static class EnvelopeText
{
    public const string Guide = """{"sender":"A","recipient":"B","type":"command","payload":{"task":"train"}}""";

    public const string Id = "0190b2c4-7a3e-8000-8abc-0123456789ab";

    public static readonly string Full = $$$"""
        {"causationId":"{{{Id[..^1]}}}c","conversationId":"talk","correlationId":"{{{Id[..^1]}}}d","expiresAt":"2030-01-31T12:00:00Z",
        "headers":{"b":"2","a/~":"1"},"hops":["echo/a","echo/b"],"id":"{{{Id}}}","payload":{"x":[1,{"y":null}]},"recipient":"echo/r",
        "sender":"echo/s","sentAt":"2026-01-31T12:00:00.5+01:00","traceparent":"00-1-2-01","tracestate":"v=1","type":"a.b","version":2}
        """;

    /// <summary>A valid message with one member more, or with one of the four required ones replaced.</summary>
    public static string With(string name, string json)
    {
        var members = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["sender"] = "\"echo/s\"", ["recipient"] = "\"echo/r\"", ["type"] = "\"a.b\"", ["payload"] = "{}", [name] = json,
        };
        return "{" + string.Join(',', members.Select(m => $"\"{m.Key}\":{m.Value}")) + "}";
    }

    public static (Envelope? Envelope, IReadOnlyList<Problem>? Problems) Read(string text, string? defaultKind = null, MessageLimits? limits = null) =>
        EnvelopeJson.Read(Encoding.UTF8.GetBytes(text), limits ?? new(), defaultKind: defaultKind);

    public static string[] Problems(string text, MessageLimits? limits = null)
    {
        var (envelope, problems) = Read(text, limits: limits);
        return envelope is null ? [.. problems!.Select(p => $"{p.Pointer} {p.Code}")] : [];
    }

    /// <summary>Everything that travels, so that two envelopes compare as texts.</summary>
    public static string Describe(Envelope envelope)
    {
        var extras = envelope.Extras ?? new EnvelopeExtras();
        return string.Join(
            '|',
            envelope.Id,
            envelope.Sender,
            envelope.Recipient,
            envelope.Contract,
            envelope.ExpiresAt?.UtcTicks,
            Encoding.UTF8.GetString(envelope.PayloadJson.Span),
            extras.CorrelationId,
            extras.CausationId,
            extras.ConversationId is { } talk ? "talk:" + talk : null,
            extras.SentAt?.UtcTicks,
            string.Join(' ', extras.Hops),
            extras.TraceParent is { } parent ? "parent:" + parent : null,
            extras.TraceState is { } state ? "state:" + state : null,
            string.Join(' ', (extras.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal)).OrderBy(h => h.Key, StringComparer.Ordinal)),
            extras.Chain);
    }
}
