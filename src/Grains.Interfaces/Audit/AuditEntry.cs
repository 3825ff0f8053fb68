using OrleansAgents.Messaging;

namespace OrleansAgents.Audit;

/// <summary>
/// One message in an agent's audit log: who sent what and what became of it, never its payload. Each entry's hash covers
/// the one before it, so that no entry can be altered, dropped or moved without all later hashes changing.
/// </summary>
public sealed record AuditEntry
{
    /// <summary>The entry's place: 1, 2, and so on, with no gaps. 0 while it has no place yet.</summary>
    public long Sequence { get; init; }

    /// <summary>When, in UTC, to 100 nanoseconds.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The agent that the log is of, in its first entry; null in all others.</summary>
    public string? Agent { get; init; }

    /// <summary>The message's id; null in an entry that stands for several.</summary>
    public Guid? Id { get; init; }

    /// <summary>The message's contract; null in an entry that stands for several.</summary>
    public string? Type { get; init; }

    /// <summary>The contract's version; null in an entry that stands for several.</summary>
    public int? Version { get; init; }

    /// <summary>Who sent it; null in an entry that stands for several.</summary>
    public string? Sender { get; init; }

    /// <summary>Accepted, refused or failed; a duplicate is not noted.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>The code of a refusal or failure; null for an accepted message, and in an entry that stands for several.</summary>
    public string? Code { get; init; }

    /// <summary>How many refused messages the entry stands for, where more came in a second than are noted one by one; null for one message.</summary>
    public long? Count { get; init; }

    /// <summary>How <see cref="Hash"/> is made: <c>sha256</c>, or <c>hmac-sha256:</c> and the key's name.</summary>
    public string Algorithm { get; init; } = "";

    /// <summary>The hash over the previous entry's hash and this entry, 64 lower-case hexadecimal digits.</summary>
    public string Hash { get; init; } = "";
}

/// <summary>Where an agent's audit log ends.</summary>
/// <param name="Sequence">The last entry's sequence; 1 or more.</param>
/// <param name="Hash">Its hash, 64 lower-case hexadecimal digits.</param>
public sealed record AuditHead(long Sequence, string Hash);
