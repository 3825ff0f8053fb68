using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>Something that a silo demands of a message beyond its form.</summary>
internal interface IGateCheck
{
    /// <summary>When it is its turn: the checks of a message run in the order of their stages.</summary>
    GateStage Stage { get; }

    /// <summary>Why the message may not come in; null when it may.</summary>
    /// <param name="message">The message. An event is as it was published: its recipient is its topic's agent.</param>
    /// <param name="isEvent">Whether a topic tells it, which took it in at its own gate before.</param>
    Refusal? Check(Envelope message, bool isEvent);
}

/// <summary>The order of the checks.</summary>
internal enum GateStage
{
    Signature,
    Encryption,
    Access,
}

/// <summary>The checks of a silo, in order; none where nothing is demanded.</summary>
internal sealed class GateChecks(IEnumerable<IGateCheck> checks)
{
    private readonly IGateCheck[] _checks = [.. checks.OrderBy(c => c.Stage)];

    public bool IsEmpty => _checks.Length == 0;

    public bool Has(GateStage stage) => Array.Exists(_checks, c => c.Stage == stage);

    public Refusal? Check(Envelope message, bool isEvent)
    {
        foreach (var check in _checks)
        {
            if (check.Check(message, isEvent) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }
}
