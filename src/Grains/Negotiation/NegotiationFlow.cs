using OrleansAgents.Messaging;

namespace OrleansAgents.Negotiation;

/// <summary>
/// What a negotiation becomes by each thing that happens. Pure: it takes the negotiation and the time, and gives back the
/// next one and what is to be done.
/// </summary>
internal static partial class NegotiationFlow
{
    private const int LongestReason = 1000;

    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);

    /// <summary>Calls everybody, once each.</summary>
    public static NegotiationMove Begin(NegotiationRun run, IEnumerable<string> recipients, DateTimeOffset now)
    {
        string[] called = [.. recipients.Distinct(StringComparer.Ordinal)];
        run = run with { Bidders = [.. called.Select(a => new Bidder(a))] };
        if (now >= run.Deadline)
        {
            return Expire(run, now);
        }

        if (called.Length == 0)
        {
            return End(run, NegotiationOutcome.NoProposals, NegotiationCodes.NobodyCalled, "There was nobody to call.", now);
        }

        var within = Within(run, run.Options.ProposeWithin ?? ((run.Deadline - now) / 3), now);
        var call = new CallForProposals(run.Task, run.Initiator, now + within, run.Deadline, run.Options.Rounds, run.Options.Penalty);
        run = run.Log(called.Select(a => new NegotiationEntry(now, NegotiationEvent.Called, a)));
        return new NegotiationMove(run, [new AskForProposals(called, call, within)]);
    }

    /// <summary>Ends one that could not begin.</summary>
    public static NegotiationMove Fail(NegotiationRun run, Refusal why, DateTimeOffset now) =>
        End(run, NegotiationOutcome.Failed, why.Code, why.Message, now);

    /// <summary>Takes what a question for proposals brought: the call's, or that of counter-offers.</summary>
    public static NegotiationMove TakeProposals(NegotiationRun run, Guid question, IReadOnlyList<Answered<Proposal>> answers, DateTimeOffset now)
    {
        if (!TryClose(ref run, question))
        {
            return NegotiationMove.Stay(run);
        }

        var taken = answers.ToDictionary(a => a.Agent, StringComparer.Ordinal);
        var entries = new List<NegotiationEntry>();
        var bidders = new List<Bidder>();
        foreach (var bidder in run.Bidders)
        {
            bidders.Add(bidder.Status != BidderStatus.Out && taken.TryGetValue(bidder.Agent, out var answer)
                ? Take(run, bidder, answer, now, entries)
                : bidder);
        }

        var before = run.Bidders;
        var hasMoved = run.HasMoved || bidders.Where((b, i) => b.Offer?.GetRawText() != before[i].Offer?.GetRawText()).Any();
        run = (run with { Bidders = bidders, HasMoved = hasMoved }).Log(entries);
        return run.Open.Count > 0 ? NegotiationMove.Stay(run) : Weigh(run, now);
    }

    /// <summary>The deadline came.</summary>
    public static NegotiationMove TakeAlarm(NegotiationRun run, DateTimeOffset now) =>
        run.Phase == NegotiationPhase.Ended ? NegotiationMove.Stay(run) : Expire(run, now);

    /// <summary>The initiator wants no more of it.</summary>
    public static NegotiationMove Cancel(NegotiationRun run, string sender, string? reason, DateTimeOffset now) =>
        sender != run.Initiator ? NegotiationMove.Refuse(run, NegotiationCodes.NotInitiator, $"{sender} did not start the negotiation, and so cannot cancel it.")
        : run.Phase == NegotiationPhase.Ended ? NegotiationMove.Stay(run)
        : End(run, NegotiationOutcome.Cancelled, NegotiationCodes.Cancelled, Shorten(reason) ?? "The initiator cancelled.", now);

    private static Bidder Take(NegotiationRun run, Bidder bidder, Answered<Proposal> answer, DateTimeOffset now, List<NegotiationEntry> entries)
    {
        var hasNone = bidder.Status is BidderStatus.Called;
        var entry = new NegotiationEntry(now, NegotiationEvent.Declined, bidder.Agent, run.Round);
        if (answer.Refusal is { } refusal)
        {
            entries.Add(entry with
            {
                What = answer.IsUnknown ? NegotiationEvent.Silent : NegotiationEvent.Declined, Code = refusal.Code, Reason = Shorten(refusal.Message),
            });
            return !hasNone ? bidder : bidder with { Status = answer.IsUnknown ? BidderStatus.Silent : BidderStatus.Declined };
        }

        if (answer.Value is not { Offer: { } offer } proposal)
        {
            var isNone = answer.Value is not null;
            entries.Add(entry with
            {
                Code = isNone ? NegotiationCodes.Declined : NegotiationCodes.BadOffer, Reason = isNone ? Shorten(answer.Value!.Reason) : "Its answer is no proposal.",
            });
            return hasNone ? bidder with { Status = BidderStatus.Declined } : bidder;
        }

        return Judge(run, bidder, proposal with { Offer = offer.Clone() }, entry with { What = NegotiationEvent.Proposed }, entries);
    }

    private static Bidder Judge(NegotiationRun run, Bidder bidder, Proposal proposal, NegotiationEntry entry, List<NegotiationEntry> entries)
    {
        var offer = proposal.Offer!.Value;
        var isFirst = bidder.Status is BidderStatus.Called;
        if (OfferCheck.FindFault(offer) is { } bad)
        {
            // It may be anything, so it is not kept.
            entries.Add(entry with { Code = NegotiationCodes.BadOffer, Reason = bad });
            return isFirst ? bidder with { Status = BidderStatus.PassedOver } : bidder;
        }

        var (score, fault) = run.Scoring.AsksInitiator ? (null, null) : OfferScore.Of(run.Scoring, offer);
        entries.Add(entry with { Offer = offer, Score = score, Code = fault is null ? null : NegotiationCodes.NoScore, Reason = fault });
        if (fault is not null)
        {
            return isFirst ? bidder with { Status = BidderStatus.PassedOver, Offer = offer } : bidder;
        }

        var isSame = bidder.Offer is { } last && System.Text.Json.JsonElement.DeepEquals(last, offer);
        return bidder with
        {
            Status = BidderStatus.Offering, Offer = isSame ? bidder.Offer : offer, Score = score, ValidUntil = proposal.ValidUntil,
            OfferedAt = isSame ? bidder.OfferedAt : entry.At,
        };
    }

    /// <summary>Whether the question was one that is waited for; it is no more.</summary>
    private static bool TryClose(ref NegotiationRun run, Guid question)
    {
        if (!run.Open.Contains(question))
        {
            return false;
        }

        run = run with { Open = [.. run.Open.Where(q => q != question)] };
        return true;
    }

    private static TimeSpan Within(NegotiationRun run, TimeSpan wanted, DateTimeOffset now) =>
        run.Deadline - now is var left && wanted < left ? wanted : left;

    private static string? Shorten(string? reason) =>
        reason is { Length: > LongestReason } ? string.Concat(reason.AsSpan(0, LongestReason - 1), "…") : reason;
}
