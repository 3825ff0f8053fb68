using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Negotiation;

/// <summary>Where negotiations are: each is an agent of its own.</summary>
public static class NegotiationAddress
{
    /// <summary>The kind of the agents that negotiate.</summary>
    public const string Kind = "negotiation";

    /// <summary>How many agents one negotiation can call.</summary>
    public const int MostParticipants = 1000;

    /// <summary>The address of a negotiation that does not exist yet.</summary>
    public static AgentId New() => new(Kind, MessageId.New().ToString());
}

/// <summary>
/// Starts the negotiation that it is sent to; its sender is the initiator. <c>context.Negotiate</c> sends it. The same
/// initiator's second one changes nothing.
/// </summary>
/// <param name="Task">What is to be done: a JSON object.</param>
/// <param name="Recipients">Who is called; null where <paramref name="Capability"/> says it.</param>
/// <param name="Capability">What those who are called must be able to do, as the directory names it; null where <paramref name="Recipients"/> says who.</param>
/// <param name="Deadline">When the negotiation is over in any case, the work included.</param>
/// <param name="Scoring">Which offer is best.</param>
/// <param name="Options">Rounds, times and the rest; null for the defaults.</param>
[Contract("negotiation.start")]
public sealed record NegotiationStart(
    JsonElement Task, IReadOnlyList<string>? Recipients, string? Capability, DateTimeOffset Deadline, Scoring Scoring, NegotiationOptions? Options = null);

/// <summary>Ends a negotiation before its time. Only its initiator may; after the end it changes nothing.</summary>
/// <param name="Reason">Why; null for no reason given. Told to the participants.</param>
[Contract("negotiation.cancel")]
public sealed record NegotiationCancel(string? Reason = null);

/// <summary>
/// Asks the initiator which offers are good, where the scoring is <see cref="Scoring.ByInitiator"/>: once after the call,
/// and again after each round of its counter-offers.
/// </summary>
/// <param name="Task">The task.</param>
/// <param name="Proposals">Every offer that stands.</param>
/// <param name="Round">The round that brought them: 0 for the call, then the rounds of counter-offers.</param>
/// <param name="RoundsLeft">How many rounds of counter-offers may follow.</param>
[Contract("negotiation.score")]
public sealed record ScoreProposals(JsonElement Task, IReadOnlyList<StandingProposal> Proposals, int Round, int RoundsLeft) : IRequest<Ranking>;

/// <summary>An offer that stands.</summary>
/// <param name="Agent">Who made it.</param>
/// <param name="Offer">The offer: a JSON object.</param>
/// <param name="At">Since when it stands.</param>
/// <param name="ValidUntil">Until when it can be awarded; null for the negotiation's deadline.</param>
public sealed record StandingProposal(string Agent, JsonElement Offer, DateTimeOffset At, DateTimeOffset? ValidUntil);

/// <summary>What the initiator thinks of the offers.</summary>
/// <param name="Order">The participants that may be awarded, best first. Who is not named is not awarded. Unknown names are passed over.</param>
/// <param name="Counters">Counter-offers to put first, and to rank again after; null for none. Ignored when no round is left.</param>
public sealed record Ranking(IReadOnlyList<string> Order, IReadOnlyList<CounterTo>? Counters = null);

/// <summary>A counter-offer to one participant.</summary>
/// <param name="Agent">The participant.</param>
/// <param name="Offer">What the initiator would take: a JSON object.</param>
public sealed record CounterTo(string Agent, JsonElement Offer);

/// <summary>Tells the initiator, once, how its negotiation ended, in the conversation in which it was started.</summary>
/// <param name="Negotiation">The negotiation's address.</param>
/// <param name="Outcome">How.</param>
/// <param name="Tag">The text given at the start; null for none.</param>
/// <param name="Winner">Who did the work, or failed at it; null otherwise.</param>
/// <param name="Offer">The offer that was awarded to the winner; null without one.</param>
/// <param name="Result">What the winner made; null for none.</param>
/// <param name="Code">Why, one of <see cref="NegotiationCodes"/> or a refusal code; null when it is done, unless its result could not be kept.</param>
/// <param name="Reason">The same as a sentence; null likewise.</param>
[Contract("negotiation.ended")]
public sealed record NegotiationEnded(
    string Negotiation, NegotiationOutcome Outcome, string? Tag, string? Winner, JsonElement? Offer, JsonElement? Result, string? Code, string? Reason);
