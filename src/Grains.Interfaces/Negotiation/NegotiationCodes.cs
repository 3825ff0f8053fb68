namespace OrleansAgents.Negotiation;

/// <summary>The codes of negotiations: of refusals, and of reasons in the record and at the end. Stable, as all codes.</summary>
public static class NegotiationCodes
{
    /// <summary>Refusal: there is no such negotiation, or it has forgotten itself.</summary>
    public const string Unknown = "negotiation.unknown";
    /// <summary>Refusal: somebody else started a negotiation under this address.</summary>
    public const string Exists = "negotiation.exists";
    /// <summary>Refusal: only its initiator may do that.</summary>
    public const string NotInitiator = "negotiation.not-initiator";
    /// <summary>Refusal: only a participant may do that.</summary>
    public const string NotParticipant = "negotiation.not-participant";
    /// <summary>Refusal: only the participant that holds the award may do that.</summary>
    public const string NotHolder = "negotiation.not-holder";
    /// <summary>Refusal: the negotiation ended otherwise before that.</summary>
    public const string Over = "negotiation.over";
    /// <summary>The directory does not say who has a capability.</summary>
    public const string NoDirectory = "negotiation.no-directory";
    /// <summary>What was named is no capability.</summary>
    public const string BadCapability = "negotiation.bad-capability";
    /// <summary>There was nobody to call.</summary>
    public const string NobodyCalled = "negotiation.nobody-called";
    /// <summary>Nobody made an offer that can be awarded.</summary>
    public const string NobodyProposed = "negotiation.nobody-proposed";
    /// <summary>Everybody whose offer could be awarded withdrew, or did not take the award.</summary>
    public const string NobodyLeft = "negotiation.nobody-left";
    /// <summary>The initiator did not rank the offers.</summary>
    public const string NotScored = "negotiation.not-scored";
    /// <summary>A participant did not answer the award in time.</summary>
    public const string AwardUnanswered = "negotiation.award-unanswered";
    /// <summary>The winner failed at the work.</summary>
    public const string WorkFailed = "negotiation.work-failed";
    /// <summary>The deadline passed.</summary>
    public const string Expired = "negotiation.expired";
    /// <summary>The initiator cancelled.</summary>
    public const string Cancelled = "negotiation.cancelled";
    /// <summary>An offer, counter-offer or result is no JSON object, or is too large, too deep, or not to be written in canonical form.</summary>
    public const string BadOffer = "negotiation.bad-offer";
    /// <summary>An offer lacks a field that the scoring needs, or it is no finite number there.</summary>
    public const string NoScore = "negotiation.no-score";
    /// <summary>An offer was no longer valid when it could have been awarded.</summary>
    public const string OfferExpired = "negotiation.offer-expired";
    /// <summary>The initiator's ranking does not name the participant.</summary>
    public const string NotRanked = "negotiation.not-ranked";
    /// <summary>There were more to call than a negotiation takes.</summary>
    public const string TooMany = "negotiation.too-many";
    /// <summary>An offer could not be awarded; the record says why.</summary>
    public const string PassedOver = "negotiation.passed-over";
    /// <summary>A proposal did not come in time.</summary>
    public const string TooLate = "negotiation.too-late";
    /// <summary>A participant declined to propose.</summary>
    public const string Declined = "negotiation.declined";
}
