using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansAgents.Messaging;

namespace OrleansAgents.Negotiation;

/// <summary>
/// Calls an agent to propose for a task. It comes from the negotiation's address, to which everything else of this
/// negotiation is told.
/// </summary>
/// <param name="Task">What is to be done: a JSON object.</param>
/// <param name="Initiator">Who wants it.</param>
/// <param name="ProposeBy">Until when the proposal is waited for.</param>
/// <param name="Deadline">When the negotiation is over, the work included.</param>
/// <param name="Rounds">How many rounds of counter-offers may follow.</param>
/// <param name="Penalty">What is owed by who does not take the award, or withdraws after it.</param>
[Contract("negotiation.call")]
public sealed record CallForProposals(
    JsonElement Task, string Initiator, DateTimeOffset ProposeBy, DateTimeOffset Deadline, int Rounds, decimal Penalty) : IRequest<Proposal>;

/// <summary>
/// Asks a participant whether it can do better than its last offer. Its answer is its offer from now on; one without an
/// offer, or none, leaves the last one standing.
/// </summary>
/// <param name="Offer">What would be taken: a JSON object, which may hold only the fields in question.</param>
/// <param name="Round">The round, from 1.</param>
/// <param name="IsLast">Whether no further round can follow.</param>
/// <param name="AnswerBy">Until when the answer is waited for.</param>
[Contract("negotiation.counter")]
public sealed record CounterOffer(JsonElement Offer, int Round, bool IsLast, DateTimeOffset AnswerBy) : IRequest<Proposal>;

/// <summary>What a participant offers, or that it offers nothing.</summary>
/// <param name="Offer">The offer: a JSON object of 64 KiB and 32 levels at most; null for none.</param>
/// <param name="ValidUntil">Until when it can be awarded; null for the negotiation's deadline.</param>
/// <param name="Reason">Why there is no offer; null for no reason given.</param>
public sealed record Proposal(JsonElement? Offer, DateTimeOffset? ValidUntil = null, string? Reason = null)
{
    /// <summary>Offers what a record says.</summary>
    /// <param name="offer">A record, or anything else that becomes a JSON object.</param>
    /// <param name="validUntil">Until when it can be awarded; null for the negotiation's deadline.</param>
    public static Proposal Of(object offer, DateTimeOffset? validUntil = null) =>
        new(JsonSerializer.SerializeToElement(offer, offer.GetType(), PayloadJson.Options), validUntil);

    /// <summary>Offers nothing.</summary>
    public static Proposal Decline(string? reason = null) => new(Offer: null, Reason: reason);
}

/// <summary>
/// Awards the task to a participant. Who confirms holds the award until it tells <see cref="TaskDone"/> or
/// <see cref="TaskFailed"/>, or withdraws. Who withdrew, or was rejected for good, must decommit. It can come twice, as two
/// messages; who holds it then answers as before.
/// </summary>
/// <param name="Offer">The participant's offer that was taken.</param>
/// <param name="Deadline">When the work must be done.</param>
[Contract("negotiation.award")]
public sealed record Award(JsonElement Offer, DateTimeOffset Deadline) : IRequest<AwardReply>;

/// <summary>What a participant answers to the award.</summary>
/// <param name="Decision">Whether it takes it.</param>
/// <param name="Result">What it made, where it is done already; null for none.</param>
/// <param name="Reason">Why it does not take it; null for no reason given.</param>
public sealed record AwardReply(AwardDecision Decision, JsonElement? Result = null, string? Reason = null)
{
    /// <summary>Takes it, and tells later what came of it.</summary>
    public static AwardReply Confirm() => new(AwardDecision.Confirmed);

    /// <summary>Takes it and is done already.</summary>
    /// <param name="result">A record, or anything else that becomes JSON; null for no result.</param>
    public static AwardReply Done(object? result = null) => new(AwardDecision.Done, TaskDone.ToJson(result));

    /// <summary>Does not take it.</summary>
    public static AwardReply Decommit(string? reason = null) => new(AwardDecision.Decommitted, Reason: reason);
}

/// <summary>Whether a participant takes the award.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AwardDecision>))]
public enum AwardDecision
{
    /// <summary>It works now.</summary>
    [JsonStringEnumMemberName("confirmed")] Confirmed,
    /// <summary>It has done the work.</summary>
    [JsonStringEnumMemberName("done")] Done,
    /// <summary>It does not take it.</summary>
    [JsonStringEnumMemberName("decommitted")] Decommitted,
}

/// <summary>
/// Tells a participant that it does not do the work. While it is not final the next best may still be awarded, when the
/// winner withdraws. A participant that has done the work already refuses it, and so keeps the award.
/// </summary>
/// <param name="IsFinal">Whether no award can follow. An award that comes all the same is to be answered by decommitting.</param>
/// <param name="Code">Why, one of <see cref="NegotiationCodes"/>; null when another was chosen.</param>
/// <param name="Reason">The same as a sentence.</param>
[Contract("negotiation.reject")]
public sealed record Rejected(bool IsFinal, string? Code, string Reason);
