using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansAgents.Messaging;

namespace OrleansAgents.Negotiation;

/// <summary>Reads a negotiation, as long as it is kept. Refused as <see cref="NegotiationCodes.Unknown"/> when it is not.</summary>
[Contract("negotiation.read")]
public sealed record NegotiationRead : IQuery<NegotiationRecord>;

/// <summary>Everything that is kept of a negotiation.</summary>
/// <param name="Initiator">Who started it.</param>
/// <param name="Task">The task.</param>
/// <param name="Scoring">Which offer is best.</param>
/// <param name="Participants">Who was called, in the order in which they were named.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Round">The last round of counter-offers; 0 before the first.</param>
/// <param name="Holder">Who was awarded the task and holds it, or may; who won it, after the end. Null for nobody.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Deadline">When it is over in any case.</param>
/// <param name="EndedAt">When it ended; null before.</param>
/// <param name="Outcome">How it ended; null before.</param>
/// <param name="Result">What the winner made; null for none.</param>
/// <param name="Code">Why it ended so; null before, and when it is done.</param>
/// <param name="Reason">The same as a sentence.</param>
/// <param name="Entries">What happened, in order.</param>
public sealed record NegotiationRecord(
    string Initiator, JsonElement Task, Scoring Scoring, IReadOnlyList<ParticipantRecord> Participants, NegotiationPhase Phase, int Round, string? Holder,
    DateTimeOffset StartedAt, DateTimeOffset Deadline, DateTimeOffset? EndedAt, NegotiationOutcome? Outcome, JsonElement? Result, string? Code,
    string? Reason, IReadOnlyList<NegotiationEntry> Entries);

/// <summary>One participant.</summary>
/// <param name="Agent">Its address.</param>
/// <param name="Offer">The offer that stands, or stood last; null for none.</param>
/// <param name="OfferedAt">Since when it stands; null without one.</param>
/// <param name="ValidUntil">Until when it can be awarded; null for the deadline.</param>
/// <param name="Score">What the scoring makes of it, the higher the better; null without one.</param>
/// <param name="Penalty">What it owes.</param>
public sealed record ParticipantRecord(
    string Agent, JsonElement? Offer, DateTimeOffset? OfferedAt, DateTimeOffset? ValidUntil, double? Score, decimal Penalty);

/// <summary>One thing that happened.</summary>
/// <param name="At">When.</param>
/// <param name="What">What.</param>
/// <param name="Agent">The participant it concerns; null for none.</param>
/// <param name="Round">In which round: 0 before the first counter-offers.</param>
/// <param name="Offer">The offer, counter-offer or result; null for none.</param>
/// <param name="Score">The offer's score; null for none.</param>
/// <param name="Penalty">What the participant owes for it; null for nothing.</param>
/// <param name="Code">Why, as a code; null for none.</param>
/// <param name="Reason">Why, as a sentence; null for none.</param>
public sealed record NegotiationEntry(
    DateTimeOffset At, NegotiationEvent What, string? Agent = null, int Round = 0, JsonElement? Offer = null, double? Score = null,
    decimal? Penalty = null, string? Code = null, string? Reason = null);

/// <summary>What can happen in a negotiation.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NegotiationEvent>))]
public enum NegotiationEvent
{
    /// <summary>A participant was called.</summary>
    [JsonStringEnumMemberName("called")] Called,
    /// <summary>It made an offer, or another one. With a code, one that cannot be awarded.</summary>
    [JsonStringEnumMemberName("proposed")] Proposed,
    /// <summary>It made none, or left its last one standing.</summary>
    [JsonStringEnumMemberName("declined")] Declined,
    /// <summary>It did not answer in time.</summary>
    [JsonStringEnumMemberName("silent")] Silent,
    /// <summary>The initiator ranked the offers; the reason names them, best first.</summary>
    [JsonStringEnumMemberName("ranked")] Ranked,
    /// <summary>It was put a counter-offer.</summary>
    [JsonStringEnumMemberName("countered")] Countered,
    /// <summary>Its offer was passed over.</summary>
    [JsonStringEnumMemberName("passed-over")] PassedOver,
    /// <summary>It was awarded the task.</summary>
    [JsonStringEnumMemberName("awarded")] Awarded,
    /// <summary>It took the award.</summary>
    [JsonStringEnumMemberName("confirmed")] Confirmed,
    /// <summary>It did not take the award.</summary>
    [JsonStringEnumMemberName("decommitted")] Decommitted,
    /// <summary>It did not answer the award in time, and was told that it is taken back.</summary>
    [JsonStringEnumMemberName("revoking")] Revoking,
    /// <summary>It gave the award back when told so.</summary>
    [JsonStringEnumMemberName("revoked")] Revoked,
    /// <summary>It kept the award, or may have.</summary>
    [JsonStringEnumMemberName("kept")] Kept,
    /// <summary>It withdrew.</summary>
    [JsonStringEnumMemberName("withdrawn")] Withdrawn,
    /// <summary>The negotiation ended.</summary>
    [JsonStringEnumMemberName("ended")] Ended,
}
