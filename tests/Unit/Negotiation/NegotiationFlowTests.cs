using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Negotiation;
using Xunit;

namespace OrleansAgents.Tests.Negotiation;

public sealed class NegotiationFlowTests
{
    [Fact]
    public void Begin_WithRecipients_CallsEachOnce()
    {
        var runs = new Runs().Begin("a/1", "b/1", "a/1");

        var ask = Assert.IsType<AskForProposals>(Assert.Single(runs.Acts));
        Assert.Equal(["a/1", "b/1"], ask.Agents);
        Assert.Equal(TimeSpan.FromMinutes(20), ask.Within);
    }

    [Fact]
    public void Begin_WithNobody_EndsWithoutProposals() => AssertEnded(new Runs().Begin(), NegotiationOutcome.NoProposals, NegotiationCodes.NobodyCalled);

    [Fact]
    public void Begin_AfterTheDeadline_Expires() =>
        AssertEnded(new Runs { Now = Runs.Start.AddHours(1) }.Begin("a/1"), NegotiationOutcome.Expired, NegotiationCodes.Expired);

    [Fact]
    public void Proposals_Scored_AwardTheBest()
    {
        var runs = new Runs().Begin("a/1", "b/1", "c/1", "d/1").Propose(
            Runs.Offer("a/1", 10), Runs.Offer("b/1", 9), Runs.Missing<Proposal>("c/1"), new("d/1", Proposal.Decline("No."), Refusal: null));

        var award = Assert.IsType<AskToPerform>(Assert.Single(runs.Acts));
        Assert.Equal(("b/1", 9), (award.Agent, award.Request.Offer.GetProperty("price").GetInt32()));
        Assert.Equal(
            [NegotiationEvent.Proposed, NegotiationEvent.Proposed, NegotiationEvent.Silent, NegotiationEvent.Declined, NegotiationEvent.Awarded],
            runs.Run.Entries.Skip(4).Select(e => e.What));
    }

    [Fact]
    public void Proposals_ThatCannotBeAwarded_EndWithoutProposals()
    {
        var runs = new Runs().Begin("a/1", "b/1", "c/1", "d/1").Propose(
            new("a/1", new Proposal(JsonElement.Parse("""{"cost":1}""")), null), Runs.Offer("b/1", 9, Runs.Start), new("c/1", new Proposal(JsonElement.Parse("[]")), null),
            new("d/1", Value: null, Refusal: null));

        AssertEnded(runs, NegotiationOutcome.NoProposals, NegotiationCodes.NobodyProposed);
        Assert.Equal(
            [NegotiationCodes.NoScore, NegotiationCodes.BadOffer, NegotiationCodes.BadOffer, NegotiationCodes.OfferExpired],
            runs.Run.Entries.Where(e => e.Agent is not null && e.Code is not null).Select(e => e.Code));
        Assert.Equal(["a/1", "b/1", "c/1"], Rejected(runs.Acts).Select(r => r.Agent));
    }

    [Fact]
    public void Answers_ToAnotherQuestion_ChangeNothing()
    {
        var runs = new Runs().Begin("a/1");
        var before = runs.Run;

        runs.Do((run, now) => NegotiationFlow.TakeProposals(run, Runs.Question(99), [Runs.Offer("a/1", 1)], now));

        Assert.Same(before.Entries, runs.Run.Entries);
        Assert.Empty(runs.Acts);
    }

    [Fact]
    public void Award_Confirmed_RejectsTheOthersNotForGood()
    {
        var runs = Awarded().AnswerAward(AwardReply.Confirm());

        Assert.Equal(NegotiationPhase.Performing, runs.Run.Phase);
        Assert.Equal([("b/1", false)], Rejected(runs.Acts).Select(r => (r.Agent, r.Message.IsFinal)));
    }

    [Fact]
    public void Done_ByTheHolder_EndsOnce()
    {
        var runs = Awarded().AnswerAward(AwardReply.Confirm()).Finish("a/1");

        AssertEnded(runs, NegotiationOutcome.Done, code: null);
        Assert.Equal(("a/1", 42), (runs.Run.Holder, runs.Run.Result!.Value.GetInt32()));
        Assert.Empty(Rejected(runs.Acts));
        Assert.Empty(runs.Finish("a/1").Acts);
        Assert.Null(runs.Refusal);
    }

    [Fact]
    public void Done_BeforeTheAwardsAnswer_EndsIt() => AssertEnded(Awarded().Finish("a/1"), NegotiationOutcome.Done, code: null);

    [Fact]
    public void Done_WithTheAnswer_EndsIt()
    {
        var runs = Awarded().AnswerAward(AwardReply.Done(42));

        AssertEnded(runs, NegotiationOutcome.Done, code: null);
        Assert.Equal([("b/1", true)], Rejected(runs.Acts).Select(r => (r.Agent, r.Message.IsFinal)));
    }

    [Theory]
    [InlineData("b/1", NegotiationCodes.NotHolder)]
    [InlineData("x/1", NegotiationCodes.NotParticipant)]
    public void Done_BySomebodyElse_IsRefused(string sender, string code) => Assert.Equal(code, Awarded().Finish(sender).Refusal?.Code);

    [Fact]
    public void Done_AfterTheEnd_IsRefused()
    {
        var runs = Awarded().AnswerAward(AwardReply.Confirm()).Do((run, now) => NegotiationFlow.TakeAlarm(run, now));

        AssertEnded(runs, NegotiationOutcome.Expired, NegotiationCodes.Expired);
        Assert.Equal([("a/1", true)], Rejected(runs.Acts).Select(r => (r.Agent, r.Message.IsFinal)));
        Assert.Equal(NegotiationCodes.Over, runs.Finish("a/1").Refusal?.Code);
    }

    [Fact]
    public void Decommitting_HasTheNextBestAwarded_AndIsOwedFor()
    {
        var runs = Awarded(new() { Penalty = 5 }).AnswerAward(AwardReply.Decommit("No."));

        Assert.Equal("b/1", Assert.IsType<AskToPerform>(Assert.Single(runs.Acts)).Agent);
        Assert.Equal(5, runs.Run.Find("a/1")!.Penalty);
        AssertEnded(runs.AnswerAward(AwardReply.Decommit()), NegotiationOutcome.Failed, NegotiationCodes.NobodyLeft);
    }

    [Fact]
    public void Withdrawing_WhileWorking_HasTheNextBestAwarded_WhoOwesNothingForBeingGone()
    {
        var runs = Awarded(new() { Penalty = 5 }).AnswerAward(AwardReply.Confirm()).Withdraw("a/1");

        Assert.Equal("b/1", runs.Run.Holder);
        runs.AnswerAward(AwardReply.Decommit());
        Assert.Equal([5, 0], runs.Run.Bidders.Select(b => b.Penalty));
    }

    [Fact]
    public void Withdrawing_BeforeTheProposalIsKnown_DropsIt()
    {
        var runs = new Runs().Begin("a/1", "b/1").Withdraw("a/1").Propose(Runs.Offer("a/1", 1), Runs.Offer("b/1", 9));

        Assert.Equal("b/1", runs.Run.Holder);
        Assert.Equal(0, runs.Run.Find("a/1")!.Penalty);
    }

    [Fact]
    public void Award_Unanswered_IsTakenBackBeforeTheNextOne()
    {
        var runs = Awarded().MissAward();

        Assert.Equal("a/1", Assert.IsType<AskToStop>(Assert.Single(runs.Acts)).Agent);
        Assert.Equal("b/1", Assert.IsType<AskToPerform>(Assert.Single(runs.AnswerStop(isAcknowledged: true).Acts)).Agent);
    }

    [Fact]
    public void Award_UnansweredAndKept_IsAwardedToTheSameOnceMore()
    {
        var runs = Awarded().MissAward().AnswerStop(isAcknowledged: false);

        Assert.Equal("a/1", Assert.IsType<AskToPerform>(Assert.Single(runs.Acts)).Agent);
        Assert.Equal(NegotiationPhase.Performing, runs.MissAward().Run.Phase);
        AssertEnded(runs.Finish("a/1"), NegotiationOutcome.Done, code: null);
    }

    [Fact]
    public void Award_OfAnOfferThatExpired_GoesToTheNext()
    {
        var runs = new Runs().Begin("a/1", "b/1", "c/1").Propose(Runs.Offer("a/1", 1), Runs.Offer("b/1", 2, Runs.Start.AddSeconds(1)), Runs.Offer("c/1", 3));
        runs.Now = Runs.Start.AddSeconds(1);

        Assert.Equal("c/1", runs.AnswerAward(AwardReply.Decommit()).Run.Holder);
    }

    [Fact]
    public void Failing_EndsIt() => AssertEnded(
        Awarded().AnswerAward(AwardReply.Confirm()).Do((run, now) => NegotiationFlow.GiveUp(run, "a/1", "Broken.", now)), NegotiationOutcome.Failed, NegotiationCodes.WorkFailed);

    [Fact]
    public void Cancelling_IsTheInitiatorsAlone()
    {
        var runs = Awarded().Do((run, now) => NegotiationFlow.Cancel(run, "a/1", reason: null, now));
        Assert.Equal(NegotiationCodes.NotInitiator, runs.Refusal?.Code);

        AssertEnded(runs.Do((run, now) => NegotiationFlow.Cancel(run, "buyer/1", reason: null, now)), NegotiationOutcome.Cancelled, NegotiationCodes.Cancelled);
        Assert.Equal(["a/1", "b/1"], Rejected(runs.Acts).Select(r => r.Agent));
        Assert.Empty(runs.Do((run, now) => NegotiationFlow.Cancel(run, "buyer/1", reason: null, now)).Acts);
    }

    [Fact]
    public void Counters_ThatLowerAPrice_LetAnotherWin()
    {
        var runs = new Runs(options: new() { Rounds = 3 }).Begin("a/1", "b/1", "c/1").Propose(Runs.Offer("a/1", 10), Runs.Offer("b/1", 11), Runs.Offer("c/1", 12));
        Assert.Equal(["b/1", "c/1"], Assert.IsType<AskForProposals>(Assert.Single(runs.Acts)).Agents);

        runs.Propose(Runs.Offer("b/1", 9.5), new("c/1", Proposal.Decline(), null));
        Assert.Equal(["a/1", "c/1"], Assert.IsType<AskForProposals>(Assert.Single(runs.Acts)).Agents);
        runs.Propose(new("a/1", Proposal.Decline(), null), Runs.Missing<Proposal>("c/1"));

        Assert.Equal(("b/1", 2), (runs.Run.Holder, runs.Run.Round));
        Assert.Equal(["b/1", "a/1", "c/1"], runs.Run.Order);
    }

    [Fact]
    public void Ranking_WithCounters_IsAskedForAgain()
    {
        var runs = new Runs(Scoring.ByInitiator, new() { Rounds = 1 }).Begin("a/1", "b/1", "c/1").Propose(Runs.Offer("a/1", 10), Runs.Offer("b/1", 11), Runs.Offer("c/1", 12));
        Assert.Equal((0, 1), Rounds(runs));

        var counter = new CounterTo("b/1", JsonElement.Parse("""{"price":8}"""));
        runs.Do((run, now) => NegotiationFlow.TakeRanking(run, run.Open[0], new("buyer/1", new Ranking(["a/1"], [counter, counter with { Agent = "x/1" }]), null), now));
        Assert.Equal(["b/1"], Assert.IsType<AskForProposals>(Assert.Single(runs.Acts)).Agents);
        runs.Propose(Runs.Offer("b/1", 8));
        Assert.Equal((1, 0), Rounds(runs));
        runs.Do((run, now) => NegotiationFlow.TakeRanking(run, run.Open[0], new("buyer/1", new Ranking(["x/1", "b/1", "a/1"], [counter]), null), now));

        Assert.Equal("b/1", runs.Run.Holder);
        Assert.Equal(NegotiationCodes.NotRanked, Assert.Single(runs.Run.Entries, e => e.What == NegotiationEvent.PassedOver).Code);
    }

    [Fact]
    public void Ranking_ThatDoesNotCome_FailsIt() => AssertEnded(
        new Runs(Scoring.ByInitiator).Begin("a/1").Propose(Runs.Offer("a/1", 10))
            .Do((run, now) => NegotiationFlow.TakeRanking(run, run.Open[0], Runs.Missing<Ranking>("buyer/1", RefusalCodes.HandlerFailed), now)),
        NegotiationOutcome.Failed, NegotiationCodes.NotScored);

    private static (int, int) Rounds(Runs runs) =>
        Assert.IsType<AskForRanking>(Assert.Single(runs.Acts)).Request is var request ? (request.Round, request.RoundsLeft) : default;

    private static Runs Awarded(NegotiationOptions? options = null) =>
        new Runs(options: options).Begin("a/1", "b/1").Propose(Runs.Offer("a/1", 9), Runs.Offer("b/1", 10));

    private static IEnumerable<TellRejected> Rejected(IEnumerable<NegotiationAct> acts) => acts.OfType<TellRejected>();

    private static void AssertEnded(Runs runs, NegotiationOutcome outcome, string? code)
    {
        Assert.Equal((NegotiationPhase.Ended, outcome, code), (runs.Run.Phase, runs.Run.Outcome!.Value, runs.Run.Code));
        Assert.Equal(outcome, Assert.Single(runs.Acts.OfType<TellEnded>()).Outcome);
        Assert.Single(runs.AllActs.OfType<TellEnded>());
    }
}
