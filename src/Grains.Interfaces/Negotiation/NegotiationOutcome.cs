using System.Text.Json.Serialization;

namespace OrleansAgents.Negotiation;

/// <summary>How a negotiation ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NegotiationOutcome>))]
public enum NegotiationOutcome
{
    /// <summary>The winner has done the work.</summary>
    [JsonStringEnumMemberName("done")] Done,
    /// <summary>The winner failed at it, or nobody was left to award it to, or it could not be decided.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
    /// <summary>There was no offer that could be awarded.</summary>
    [JsonStringEnumMemberName("no-proposals")] NoProposals,
    /// <summary>The deadline passed. Whoever held the award then may have done the work, untold.</summary>
    [JsonStringEnumMemberName("expired")] Expired,
    /// <summary>The initiator cancelled it. Whoever held the award then may have done the work, untold.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}

/// <summary>Where a negotiation stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NegotiationPhase>))]
public enum NegotiationPhase
{
    /// <summary>The participants were called and may propose.</summary>
    [JsonStringEnumMemberName("calling")] Calling,
    /// <summary>The initiator was asked which offers are good.</summary>
    [JsonStringEnumMemberName("scoring")] Scoring,
    /// <summary>Participants were put counter-offers.</summary>
    [JsonStringEnumMemberName("countering")] Countering,
    /// <summary>The best was awarded the task and has not answered.</summary>
    [JsonStringEnumMemberName("awarding")] Awarding,
    /// <summary>The award was not answered in time and is being taken back.</summary>
    [JsonStringEnumMemberName("revoking")] Revoking,
    /// <summary>The winner works.</summary>
    [JsonStringEnumMemberName("performing")] Performing,
    /// <summary>It is over.</summary>
    [JsonStringEnumMemberName("ended")] Ended,
}
