namespace OrleansAgents.Negotiation;

/// <content>Which offer is best, and whether it can be bettered.</content>
internal static partial class NegotiationFlow
{
    /// <summary>Takes the initiator's ranking.</summary>
    public static NegotiationMove TakeRanking(NegotiationRun run, Guid question, Answered<Ranking> answer, DateTimeOffset now)
    {
        if (!TryClose(ref run, question))
        {
            return NegotiationMove.Stay(run);
        }

        if (answer.Value is not { } ranking)
        {
            return now >= run.Deadline
                ? Expire(run, now)
                : End(run, NegotiationOutcome.Failed, NegotiationCodes.NotScored, Shorten($"The initiator did not rank the offers: {answer.Refusal?.Message ?? "its answer is no ranking."}")!, now);
        }

        var standing = run.Bidders.Where(b => b.Status == BidderStatus.Offering).Select(b => b.Agent).ToHashSet(StringComparer.Ordinal);
        string[] order = [.. ranking.Order.Where(standing.Contains).Distinct(StringComparer.Ordinal)];
        run = (run with { Order = order }).Log(
            new NegotiationEntry(now, NegotiationEvent.Ranked, Round: run.Round, Reason: Shorten(string.Join(", ", order))));
        CounterTo[] counters = run.Round >= run.Options.Rounds ? [] :
        [
            .. (ranking.Counters ?? []).Where(c => standing.Contains(c.Agent) && OfferCheck.FindFault(c.Offer) is null).DistinctBy(c => c.Agent, StringComparer.Ordinal),
        ];
        return counters.Length > 0 ? Counter(run, counters, now) : AwardRanked(run, now);
    }

    private static NegotiationMove Weigh(NegotiationRun run, DateTimeOffset now)
    {
        run = DropExpired(run, now);
        var standing = run.Bidders.Where(b => b.Status == BidderStatus.Offering).ToArray();
        if (now >= run.Deadline)
        {
            return Expire(run, now);
        }

        if (standing.Length == 0)
        {
            return EndWithoutOffers(run, now);
        }

        if (run.Scoring.AsksInitiator)
        {
            var proposals = standing.Select(b => new StandingProposal(b.Agent, b.Offer!.Value, b.OfferedAt!.Value, b.ValidUntil));
            var request = new ScoreProposals(run.Task, [.. proposals], run.Round, run.Options.Rounds - run.Round);
            return new NegotiationMove(
                run with { Phase = NegotiationPhase.Scoring }, [new AskForRanking(request, Within(run, run.Options.ScoreWithin ?? Usual, now))]);
        }

        var ranked = OfferScore.Rank(standing);
        run = run with { Order = [.. ranked.Select(b => b.Agent)] };
        var counters = CounterRule.Find(run, ranked);
        return counters.Count > 0 ? Counter(run, counters, now) : AwardNext(run, now);
    }

    private static NegotiationMove Counter(NegotiationRun run, IReadOnlyList<CounterTo> counters, DateTimeOffset now)
    {
        if (now >= run.Deadline)
        {
            return Expire(run, now);
        }

        var round = run.Round + 1;
        var within = Within(run, run.Options.CounterWithin ?? ((run.Deadline - run.StartedAt) / 10), now);
        run = (run with { Phase = NegotiationPhase.Countering, Round = round, HasMoved = false }).Log(
            counters.Select(c => new NegotiationEntry(now, NegotiationEvent.Countered, c.Agent, round, c.Offer)));
        // Who is put the same is asked together.
        var asked = counters.GroupBy(c => c.Offer.GetRawText(), StringComparer.Ordinal).Select(g => new AskForProposals(
            [.. g.Select(c => c.Agent)], new CounterOffer(g.First().Offer, round, round == run.Options.Rounds, now + within), within));
        return new NegotiationMove(run, [.. asked]);
    }

    private static NegotiationMove AwardRanked(NegotiationRun run, DateTimeOffset now)
    {
        var named = run.Order.ToHashSet(StringComparer.Ordinal);
        run = PassOver(run, b => !named.Contains(b.Agent), NegotiationCodes.NotRanked, "The initiator's ranking does not name it.", now);
        return named.Count == 0 ? EndWithoutOffers(run, now) : AwardNext(run, now);
    }

    private static NegotiationRun DropExpired(NegotiationRun run, DateTimeOffset now) =>
        PassOver(run, b => b.ValidUntil <= now, NegotiationCodes.OfferExpired, "Its offer is no longer valid.", now);

    private static NegotiationRun PassOver(NegotiationRun run, Func<Bidder, bool> which, string code, string reason, DateTimeOffset now)
    {
        var dropped = run.Bidders.Where(b => b.Status == BidderStatus.Offering && b.Agent != run.Holder && which(b)).Select(b => b.Agent).ToHashSet(StringComparer.Ordinal);
        return dropped.Count == 0 ? run : (run with
        {
            Bidders = [.. run.Bidders.Select(b => dropped.Contains(b.Agent) ? b with { Status = BidderStatus.PassedOver } : b)],
        }).Log(dropped.Select(a => new NegotiationEntry(now, NegotiationEvent.PassedOver, a, run.Round, Code: code, Reason: reason)));
    }
}
