namespace OrleansAgents.Negotiation;

/// <content>The award, and what the participants tell by themselves.</content>
internal static partial class NegotiationFlow
{
    /// <summary>Takes the answer to the award.</summary>
    public static NegotiationMove TakeAward(NegotiationRun run, Guid question, Answered<AwardReply> answer, DateTimeOffset now)
    {
        if (!TryClose(ref run, question))
        {
            return NegotiationMove.Stay(run);
        }

        if (answer.IsUnknown)
        {
            return run.IsKept && now < run.Deadline ? Perform(run) : Revoke(run, now);
        }

        if (answer.Value is not { Decision: not AwardDecision.Decommitted } reply)
        {
            var code = answer.Refusal?.Code;
            return Release(run, NegotiationEvent.Decommitted, code, Shorten(answer.Refusal?.Message ?? answer.Value?.Reason), now);
        }

        run = run.Log(new NegotiationEntry(now, NegotiationEvent.Confirmed, run.Holder, run.Round));
        if (reply.Decision == AwardDecision.Confirmed)
        {
            return Perform(run);
        }

        // The work is done, whatever it tells of it.
        var fault = reply.Result is { } result ? OfferCheck.FindFaultInValue(result) : null;
        return End(
            run with { Result = fault is null ? reply.Result?.Clone() : null }, NegotiationOutcome.Done, fault is null ? null : NegotiationCodes.BadOffer,
            fault is null ? null : $"The result is not kept: {fault}", now);
    }

    /// <summary>
    /// Takes the answer to the taking back of an award. Only who acknowledged it is known to be out; who did not is awarded
    /// once more, so that its answer may still come.
    /// </summary>
    public static NegotiationMove TakeStop(NegotiationRun run, Guid question, bool isAcknowledged, string? code, string? reason, DateTimeOffset now)
    {
        if (!TryClose(ref run, question))
        {
            return NegotiationMove.Stay(run);
        }

        return isAcknowledged ? Release(run, NegotiationEvent.Revoked, NegotiationCodes.AwardUnanswered, reason: null, now)
            : now >= run.Deadline ? Expire(run, now)
            : Award(
                (run with { IsKept = true }).Log(new NegotiationEntry(now, NegotiationEvent.Kept, run.Holder, run.Round, Code: code, Reason: Shorten(reason))),
                run.Deadline - now);
    }

    /// <summary>A participant withdrew.</summary>
    public static NegotiationMove Withdraw(NegotiationRun run, string sender, string? reason, DateTimeOffset now)
    {
        if (run.Find(sender) is not { } bidder)
        {
            return NotParticipant(run, sender);
        }

        if (run.Phase == NegotiationPhase.Ended || bidder.Status is BidderStatus.Out or BidderStatus.Declined)
        {
            return NegotiationMove.Stay(run);
        }

        if (run.Holder == sender)
        {
            return Release(run with { Open = [] }, NegotiationEvent.Withdrawn, code: null, Shorten(reason), now);
        }

        return NegotiationMove.Stay(run.With(bidder with { Status = BidderStatus.Out })
            .Log(new NegotiationEntry(now, NegotiationEvent.Withdrawn, sender, run.Round, Reason: Shorten(reason))));
    }

    /// <summary>The holder of the award has done the work.</summary>
    public static NegotiationMove Finish(NegotiationRun run, string sender, TaskDone done, DateTimeOffset now)
    {
        if (RefuseUnlessHolder(run, sender, NegotiationOutcome.Done) is { } answer)
        {
            return answer;
        }

        return done.Result is { } result && OfferCheck.FindFaultInValue(result) is { } fault
            ? NegotiationMove.Refuse(run, NegotiationCodes.BadOffer, $"The result cannot be kept: {fault}")
            : End(run with { Result = done.Result?.Clone() }, NegotiationOutcome.Done, code: null, reason: null, now);
    }

    /// <summary>The holder of the award failed.</summary>
    public static NegotiationMove GiveUp(NegotiationRun run, string sender, string? reason, DateTimeOffset now) =>
        RefuseUnlessHolder(run, sender, NegotiationOutcome.Failed)
        ?? End(run, NegotiationOutcome.Failed, NegotiationCodes.WorkFailed, Shorten(reason) ?? "The winner failed at the work.", now);

    private static NegotiationMove AwardNext(NegotiationRun run, DateTimeOffset now)
    {
        if (now >= run.Deadline)
        {
            return Expire(run, now);
        }

        run = DropExpired(run, now);
        var next = run.Order.Select(run.Find).FirstOrDefault(b => b is { Status: BidderStatus.Offering });
        if (next is null)
        {
            return End(run, NegotiationOutcome.Failed, NegotiationCodes.NobodyLeft, "Nobody is left whose offer could be awarded.", now);
        }

        run = (run with { Holder = next.Agent, IsKept = false }).Log(
            new NegotiationEntry(now, NegotiationEvent.Awarded, next.Agent, run.Round, next.Offer, next.Score));
        return Award(run, Within(run, run.Options.AwardWithin ?? Usual, now));
    }

    private static NegotiationMove Award(NegotiationRun run, TimeSpan within) => new(
        run with { Phase = NegotiationPhase.Awarding },
        [new AskToPerform(run.Holder!, new Award(run.Find(run.Holder!)!.Offer!.Value, run.Deadline), within)]);

    /// <summary>
    /// Takes back an award whose answer is unknown. Only when that is acknowledged may another one have it: else two might
    /// do the work.
    /// </summary>
    private static NegotiationMove Revoke(NegotiationRun run, DateTimeOffset now)
    {
        if (now >= run.Deadline)
        {
            return Expire(run, now);
        }

        run = (run with { Phase = NegotiationPhase.Revoking }).Log(new NegotiationEntry(now, NegotiationEvent.Revoking, run.Holder, run.Round));
        var stop = new Rejected(IsFinal: true, NegotiationCodes.AwardUnanswered, "The award was not answered in time and is taken back.");
        return new NegotiationMove(run, [new AskToStop(run.Holder!, stop, run.Deadline - now)]);
    }

    /// <summary>The holder is out, and the next best has its turn.</summary>
    private static NegotiationMove Release(NegotiationRun run, NegotiationEvent what, string? code, string? reason, DateTimeOffset now)
    {
        var holder = run.Find(run.Holder!)!;
        // Who was told that another does the work owes nothing for not being there any more.
        decimal? owed = holder.IsRejected || run.Options.Penalty == 0 ? null : run.Options.Penalty;
        run = (run with { Holder = null }).With(holder with { Status = BidderStatus.Out, Penalty = holder.Penalty + (owed ?? 0) }).Log(
            new NegotiationEntry(now, what, holder.Agent, run.Round, Penalty: owed, Code: code, Reason: reason));
        return AwardNext(run, now);
    }

    /// <summary>The holder works, and the others learn that they do not.</summary>
    private static NegotiationMove Perform(NegotiationRun run)
    {
        var holder = run.Find(run.Holder!)!;
        var told = run.Bidders.Where(b => b.Agent != run.Holder && IsUntold(b)).ToArray();
        TellRejected[] acts = [.. told.Select(b => new TellRejected(b.Agent, b.Status == BidderStatus.Offering
            ? new Rejected(IsFinal: false, Code: null, "Another was chosen.")
            : Reject(b)))];
        run = (run with { Phase = NegotiationPhase.Performing }).With(holder with { IsRejected = false });
        return new NegotiationMove(MarkRejected(run, told), acts);
    }

    private static NegotiationMove? RefuseUnlessHolder(NegotiationRun run, string sender, NegotiationOutcome repeated) =>
        run.Find(sender) is null ? NotParticipant(run, sender)
        : run.Phase == NegotiationPhase.Ended && run.Holder == sender && run.Outcome == repeated ? NegotiationMove.Stay(run)
        : run.Phase == NegotiationPhase.Ended ? NegotiationMove.Refuse(run, NegotiationCodes.Over, $"The negotiation ended before; {sender} did not hold the award any more.")
        : run.Holder != sender ? NegotiationMove.Refuse(run, NegotiationCodes.NotHolder, $"{sender} does not hold the award.")
        : null;

    private static NegotiationMove NotParticipant(NegotiationRun run, string sender) =>
        NegotiationMove.Refuse(run, NegotiationCodes.NotParticipant, $"{sender} was not called to this negotiation.");
}
