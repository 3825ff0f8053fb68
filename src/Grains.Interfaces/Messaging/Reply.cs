using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansAgents.Messaging;

/// <summary>
/// What an agent's gate answers. In one process it holds the handler's own object; where it crossed a process it holds
/// UTF-8 JSON.
/// </summary>
[Alias("agents.Reply")]
public readonly struct Reply
{
    // A record, its UTF-8 JSON as byte[], or a Refusal: one slot keeps the struct at two words.
    private readonly object? _body;

    private Reply(Outcome outcome, object? body) => (Outcome, _body) = (outcome, body);

    /// <summary>What became of the message.</summary>
    public Outcome Outcome { get; }

    /// <summary>Why it was refused or failed; null otherwise.</summary>
    public Refusal? Refusal => Outcome is Outcome.Refused or Outcome.Failed ? (Refusal?)_body : null;

    /// <summary>Whether the handler answered anything.</summary>
    public bool HasValue => _body is not null && Outcome is Outcome.Accepted or Outcome.Duplicate;

    internal object? Body => _body;

    /// <summary>A handled message; <paramref name="value"/> is the handler's answer, null for none.</summary>
    public static Reply Accepted(object? value = null) => new(Outcome.Accepted, value);

    /// <summary>A message that was refused.</summary>
    public static Reply Refused(Refusal refusal) => new(Outcome.Refused, refusal);

    /// <summary>A message whose handler failed.</summary>
    public static Reply Failed(Refusal refusal) => new(Outcome.Failed, refusal);

    internal static Reply FromWire(Outcome outcome, object? body) => new(outcome, body);

    /// <summary>The same answer, given again.</summary>
    public Reply AsDuplicate() => Outcome == Outcome.Accepted ? new(Outcome.Duplicate, _body) : this;

    /// <summary>The answer as JSON, or null when there is none.</summary>
    public byte[]? ToJson() => !HasValue ? null : _body as byte[] ?? PayloadJson.Write(_body!);

    /// <summary>The answer as the type the caller expects.</summary>
    /// <exception cref="JsonException">The answer does not fit <typeparamref name="T"/>.</exception>
    public T? As<T>() => _body switch
    {
        T typed => typed,
        null => default,
        byte[] json => JsonSerializer.Deserialize(json, (JsonTypeInfo<T>)PayloadJson.Options.GetTypeInfo(typeof(T))),
        var other => JsonSerializer.Deserialize(PayloadJson.Write(other), (JsonTypeInfo<T>)PayloadJson.Options.GetTypeInfo(typeof(T))),
    };
}
