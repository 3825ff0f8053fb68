namespace OrleansAgents.Negotiation;

/// <content>The end, which comes once.</content>
internal static partial class NegotiationFlow
{
    private static NegotiationMove Expire(NegotiationRun run, DateTimeOffset now) =>
        End(run, NegotiationOutcome.Expired, NegotiationCodes.Expired, "The deadline passed.", now);

    private static NegotiationMove EndWithoutOffers(NegotiationRun run, DateTimeOffset now) =>
        End(run, NegotiationOutcome.NoProposals, NegotiationCodes.NobodyProposed, "Nobody made an offer that can be awarded.", now);

    private static NegotiationMove End(NegotiationRun run, NegotiationOutcome outcome, string? code, string? reason, DateTimeOffset now)
    {
        var isWon = outcome == NegotiationOutcome.Done || code == NegotiationCodes.WorkFailed;
        var told = run.Bidders.Where(b => b.Agent == run.Holder ? !isWon : IsUntold(b)).ToArray();
        List<NegotiationAct> acts = [.. told.Select(b => new TellRejected(
            b.Agent, b.Status is BidderStatus.Silent or BidderStatus.PassedOver || isWon ? Reject(b) : new Rejected(IsFinal: true, code, reason!)))];
        acts.Add(new TellEnded(outcome));
        var ended = MarkRejected(run, told) with
        {
            Phase = NegotiationPhase.Ended, Open = [], Holder = isWon ? run.Holder : null, EndedAt = now, Outcome = outcome, Code = code, Reason = reason,
        };
        return new NegotiationMove(ended.Log(new NegotiationEntry(now, NegotiationEvent.Ended, ended.Holder, run.Round, ended.Result, Code: code, Reason: reason)), acts);
    }

    /// <summary>Whether it may wait for something, and was not told.</summary>
    private static bool IsUntold(Bidder bidder) => !bidder.IsRejected && bidder.Status is not (BidderStatus.Declined or BidderStatus.Out);

    private static Rejected Reject(Bidder bidder) => bidder.Status switch
    {
        BidderStatus.Silent => new Rejected(IsFinal: true, NegotiationCodes.TooLate, "Its proposal did not come in time."),
        BidderStatus.PassedOver => new Rejected(IsFinal: true, NegotiationCodes.PassedOver, "Its offer could not be awarded; the record of the negotiation says why."),
        _ => new Rejected(IsFinal: true, Code: null, "Another was chosen."),
    };

    private static NegotiationRun MarkRejected(NegotiationRun run, IReadOnlyCollection<Bidder> told)
    {
        var names = told.Select(b => b.Agent).ToHashSet(StringComparer.Ordinal);
        return run with { Bidders = [.. run.Bidders.Select(b => names.Contains(b.Agent) ? b with { IsRejected = true } : b)] };
    }
}
