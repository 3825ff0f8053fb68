using System.Diagnostics;
using OrleansAgents.Agents;
using OrleansAgents.Security;
using OrleansAgents.Topics;

namespace OrleansAgents.Messaging;

/// <summary>The fields of an envelope that most messages lack. Immutable.</summary>
public sealed record EnvelopeExtras
{
    /// <summary>The message that this one answers.</summary>
    public MessageId? CorrelationId { get; init; }

    /// <summary>The message whose turn sent this one.</summary>
    public MessageId? CausationId { get; init; }

    /// <summary>The conversation it belongs to: any short text.</summary>
    public string? ConversationId { get; init; }

    /// <summary>When the sender says it sent it.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The agents that passed it on, oldest first.</summary>
    public IReadOnlyList<AgentId> Hops { get; init; } = [];

    /// <summary>W3C Trace Context <c>traceparent</c>.</summary>
    public string? TraceParent { get; init; }

    /// <summary>W3C Trace Context <c>tracestate</c>.</summary>
    public string? TraceState { get; init; }

    /// <summary>Small extra fields.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The proof of who sent it; null for a message that nobody signed.</summary>
    public MessageSignature? Signature { get; init; }

    /// <summary>How the payload is sealed; null for one that everybody can read.</summary>
    public PayloadEncryption? Encryption { get; init; }

    /// <summary>Which event of which topic it is; null for what no topic told. The platform's own: it is not read from outside.</summary>
    public TopicPosition? Position { get; init; }

    /// <summary>The agents that wait, one for the next, for the answer to this ask; it never leaves the cluster.</summary>
    internal CallChain? Chain { get; init; }

    /// <summary>The span that <see cref="TraceParent"/> names; default for none.</summary>
    internal ActivityContext ReadTrace() =>
        TraceParent is { } text && ActivityContext.TryParse(text, TraceState, isRemote: true, out var trace) ? trace : default;
}
