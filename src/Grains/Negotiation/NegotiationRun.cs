using System.Text.Json;

namespace OrleansAgents.Negotiation;

/// <summary>What a negotiation keeps; nothing before its start, and after it has forgotten itself.</summary>
internal sealed class NegotiationState
{
    public NegotiationRun? Run { get; set; }
}

/// <summary>A negotiation from its start to its end: a value that <see cref="NegotiationFlow"/> makes the next one of.</summary>
internal sealed record NegotiationRun
{
    public required string Initiator { get; init; }

    /// <summary>The conversation that all its messages belong to.</summary>
    public required string Conversation { get; init; }

    public required JsonElement Task { get; init; }

    public required Scoring Scoring { get; init; }

    public required NegotiationOptions Options { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset Deadline { get; init; }

    public NegotiationPhase Phase { get; init; }

    public int Round { get; init; }

    /// <summary>Whether an offer changed in this round.</summary>
    public bool HasMoved { get; init; }

    /// <summary>The questions whose answers are waited for.</summary>
    public IReadOnlyList<Guid> Open { get; init; } = [];

    /// <summary>The message that the negotiation will have from itself at the deadline.</summary>
    public Guid? Alarm { get; init; }

    public IReadOnlyList<Bidder> Bidders { get; init; } = [];

    /// <summary>Whose offers may be awarded, best first.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];

    /// <summary>Who was awarded the task and did not give it back; the winner after the end.</summary>
    public string? Holder { get; init; }

    /// <summary>Whether the holder kept the award when it was taken back, and was awarded it once more.</summary>
    public bool IsKept { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public NegotiationOutcome? Outcome { get; init; }

    public JsonElement? Result { get; init; }

    public string? Code { get; init; }

    public string? Reason { get; init; }

    public IReadOnlyList<NegotiationEntry> Entries { get; init; } = [];

    public Bidder? Find(string agent) => Bidders.FirstOrDefault(b => b.Agent == agent);

    public NegotiationRun With(Bidder changed) => this with { Bidders = [.. Bidders.Select(b => b.Agent == changed.Agent ? changed : b)] };

    public NegotiationRun Log(params IEnumerable<NegotiationEntry> entries) => this with { Entries = [.. Entries, .. entries] };

    public NegotiationRecord ToRecord() => new(
        Initiator, Task, Scoring, [.. Bidders.Select(b => new ParticipantRecord(b.Agent, b.Offer, b.OfferedAt, b.ValidUntil, b.Score, b.Penalty))],
        Phase, Round, Holder, StartedAt, Deadline, EndedAt, Outcome, Result, Code, Reason, Entries);
}

/// <summary>One participant as the negotiation sees it.</summary>
internal sealed record Bidder(string Agent)
{
    public BidderStatus Status { get; init; }

    public JsonElement? Offer { get; init; }

    public DateTimeOffset? OfferedAt { get; init; }

    public DateTimeOffset? ValidUntil { get; init; }

    public double? Score { get; init; }

    public decimal Penalty { get; init; }

    /// <summary>Whether it was told that it does not do the work, and not awarded since.</summary>
    public bool IsRejected { get; init; }
}

/// <summary>Where a participant stands.</summary>
internal enum BidderStatus
{
    /// <summary>It has not answered the call.</summary>
    Called,
    /// <summary>It did not answer the call in time.</summary>
    Silent,
    /// <summary>It made no offer.</summary>
    Declined,
    /// <summary>Its offer can be awarded.</summary>
    Offering,
    /// <summary>Its offer cannot be awarded.</summary>
    PassedOver,
    /// <summary>It withdrew, or did not take the award.</summary>
    Out,
}
