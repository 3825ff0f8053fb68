using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;
using OrleansAgents.Negotiation;
using OrleansAgents.Testing;

namespace OrleansAgents.Tests.Negotiation;

public sealed class NegotiationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Negotiation_OfSeveral_IsDoneByTheCheapestInTheConversation()
    {
        await using var cluster = await NegotiationCluster.StartAsync(Token);
        var ended = await cluster.BuyAsync(new Buy("a", ["seller/works-12-1", "seller/later-9-1", "seller/declines-1-1", "seller/throws-2-1"]), Token);

        Assert.Equal((NegotiationOutcome.Done, "seller/later-9-1", "a"), (ended.Outcome, ended.Winner, ended.Tag));
        Assert.Equal("seller/later-9-1", ended.Result!.Value.GetString());
        Assert.Equal(9, ended.Offer!.Value.GetProperty("price").GetInt32());
        Assert.Equal(["c1"], (await cluster.ReadEndedAsync(1, Token)).Conversations);
        var record = await cluster.ReadRecordAsync(ended.Negotiation, Token);
        Assert.Equal((NegotiationPhase.Ended, NegotiationOutcome.Done), (record.Phase, record.Outcome));
        Assert.Equal(
            [
                NegotiationEvent.Called, NegotiationEvent.Called, NegotiationEvent.Called, NegotiationEvent.Called, NegotiationEvent.Proposed, NegotiationEvent.Proposed,
                NegotiationEvent.Declined, NegotiationEvent.Declined, NegotiationEvent.Awarded, NegotiationEvent.Confirmed, NegotiationEvent.Ended,
            ],
            record.Entries.Select(e => e.What));
        await cluster.ReadAsync("seller/works-12-1", new ReadDeals(), deals => deals.All[ended.Negotiation].Rejections == 1, Token);
    }

    [Theory]
    [InlineData("quits")]
    [InlineData("decommits")]
    [InlineData("withdraws")]
    public async Task Negotiation_WhoseBestDropsOut_IsDoneByTheNextBest(string behaviour)
    {
        await using var cluster = await NegotiationCluster.StartAsync(Token);
        var ended = await cluster.BuyAsync(new Buy("a", [$"seller/{behaviour}-9-1", "seller/atonce-12-1"], Options: new() { Penalty = 3 }), Token);

        Assert.Equal((NegotiationOutcome.Done, "seller/atonce-12-1"), (ended.Outcome, ended.Winner));
        var record = await cluster.ReadRecordAsync(ended.Negotiation, Token);
        Assert.Contains(record.Entries, e => e.Agent == $"seller/{behaviour}-9-1" && e.What is NegotiationEvent.Withdrawn or NegotiationEvent.Decommitted);
        Assert.True(behaviour == "withdraws" || record.Participants[0].Penalty == 3, record.ToString());
    }

    [Fact]
    public async Task Negotiation_WhoseBestDoesNotAnswerTheAward_TakesItBackFirst()
    {
        await using var cluster = await NegotiationCluster.StartAsync(Token);
        var ended = await cluster.BuyAsync(
            new Buy("a", ["seller/hangs-9-1", "seller/later-12-1"], Options: new() { AwardWithin = TimeSpan.FromMilliseconds(100) }), Token);

        Assert.Equal("seller/later-12-1", ended.Winner);
        var record = await cluster.ReadRecordAsync(ended.Negotiation, Token);
        Assert.Equal(
            [NegotiationEvent.Awarded, NegotiationEvent.Revoking, NegotiationEvent.Revoked, NegotiationEvent.Awarded],
            record.Entries.Where(e => e.What is NegotiationEvent.Awarded or NegotiationEvent.Revoking or NegotiationEvent.Revoked).Select(e => e.What));
    }

    [Fact]
    public async Task Negotiation_WithoutScoringFields_BargainsByTheInitiator()
    {
        await using var cluster = await NegotiationCluster.StartAsync(Token);
        var ended = await cluster.BuyAsync(
            new Buy("a", ["seller/works-10-1", "seller/bargains-11-1", "seller/bargains-12-1"], Scoring: "", Options: new() { Rounds = 2 }), Token);

        // Two rounds, in each of which the dearest is asked for the best price, and of three equal ones the first name is best.
        Assert.Equal(("seller/bargains-11-1", 10), (ended.Winner, ended.Offer!.Value.GetProperty("price").GetInt32()));
    }

    [Fact]
    public async Task Negotiation_WithRounds_BargainsByItself()
    {
        await using var cluster = await NegotiationCluster.StartAsync(Token);
        var ended = await cluster.BuyAsync(
            new Buy("a", ["seller/works-10-1", "seller/bargains-11-1"], Options: new() { Rounds = 5, CounterBy = 0.1, Target = 8.5 }), Token);

        // First a tenth below 10, then the target, which no counter-offer goes below.
        Assert.Equal(("seller/bargains-11-1", 8.5), (ended.Winner, ended.Offer!.Value.GetProperty("price").GetDouble()));
        Assert.Equal(2, (await cluster.ReadRecordAsync(ended.Negotiation, Token)).Round);
    }

    [Fact]
    public async Task Negotiation_ByCapability_CallsWhoRegisteredIt()
    {
        await using var cluster = await NegotiationCluster.StartAsync(Token);
        await cluster.TellAsync("seller/works-12-1", new LearnTo("paint"), Token);
        await cluster.TellAsync("seller/works-9-1", new LearnTo("paint"), Token);
        await cluster.TellAsync("seller/works-7-1", new LearnTo("cook"), Token);
        await FoundAsync("paint", 2);
        await cluster.TellAsync(NegotiationCluster.Buyer, new BuyByCapability("paint"), Token);

        var ended = Assert.Single((await cluster.ReadEndedAsync(1, Token)).Ended);
        Assert.Equal((NegotiationOutcome.Done, "seller/works-9-1"), (ended.Outcome, ended.Winner));

        // What a turn registers is there soon after it.
        async Task FoundAsync(string capability, int count)
        {
            while ((await cluster.Client.FindAsync(capability, cancellationToken: Token)).Agents.Count < count)
            {
                Token.ThrowIfCancellationRequested();
            }
        }
    }

    [Theory]
    [InlineData("sew", NegotiationOutcome.NoProposals, NegotiationCodes.NobodyCalled)]
    [InlineData("no capability", NegotiationOutcome.Failed, NegotiationCodes.BadCapability)]
    public async Task Negotiation_ByACapabilityThatNobodyHas_EndsWithTheCode(string capability, NegotiationOutcome outcome, string code)
    {
        await using var cluster = await NegotiationCluster.StartAsync(Token);
        await cluster.TellAsync(NegotiationCluster.Buyer, new BuyByCapability(capability), Token);

        var ended = Assert.Single((await cluster.ReadEndedAsync(1, Token)).Ended);
        Assert.Equal((outcome, code), (ended.Outcome, ended.Code));
    }

    [Fact]
    public async Task Negotiation_OfASilentOne_EndsWithoutProposalsAndLetsItGo()
    {
        await using var cluster = await NegotiationCluster.StartAsync(Token);
        var ended = await cluster.BuyAsync(new Buy("a", ["seller/silent-1-1"], Options: new() { ProposeWithin = TimeSpan.FromMilliseconds(50) }), Token);

        Assert.Equal((NegotiationOutcome.NoProposals, NegotiationCodes.NobodyProposed), (ended.Outcome, ended.Code));
        await cluster.ReadAsync("seller/silent-1-1", new ReadDeals(), deals => deals.All.TryGetValue(ended.Negotiation, out var deal) && deal.IsOut, Token);
    }

    [Fact]
    public async Task Messages_OfThoseWhoMayNot_AreRefused()
    {
        await using var cluster = await NegotiationCluster.StartAsync(Token);
        var ended = await cluster.BuyAsync(new Buy("a", ["seller/works-9-1", "seller/works-12-1"]), Token);
        var stranger = cluster.Probe("stranger");

        Assert.Equal(NegotiationCodes.NotInitiator, await CodeAsync(new NegotiationCancel()));
        Assert.Equal(NegotiationCodes.NotParticipant, await CodeAsync(new ProposalWithdrawn()));
        Assert.Equal(NegotiationCodes.NotParticipant, await CodeAsync(new TaskDone()));
        Assert.Equal(NegotiationCodes.Exists, await CodeAsync(new NegotiationStart(JsonElement.Parse("{}"), [], null, DateTimeOffset.MaxValue, Scoring.ByInitiator)));
        Assert.Equal(RefusalCodes.NotAllowed, (await stranger.TellAsync(ended.Negotiation, new NegotiationDue(), Token)).Refusal?.Code);
        Assert.Equal(NegotiationCodes.Unknown, (await stranger.TellAsync("negotiation/none", new TaskDone(), Token)).Refusal?.Code);
        var loser = Envelope.Create("seller/works-12-1", ended.Negotiation, new TaskDone());
        Assert.Equal(NegotiationCodes.Over, (await cluster.Client.SendAsync(loser, cancellationToken: Token)).Refusal?.Code);
        var late = Envelope.Create("seller/works-12-1", ended.Negotiation, new ProposalWithdrawn());
        Assert.Null((await cluster.Client.SendAsync(late, cancellationToken: Token)).Refusal);

        async Task<string?> CodeAsync<TMessage>(TMessage message)
            where TMessage : notnull => (await stranger.TellAsync(ended.Negotiation, message, Token)).Refusal?.Code;
    }

    [Fact]
    public async Task Negotiation_AtItsDeadline_ExpiresAndLaterForgetsItself()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await AgentTestCluster.StartAsync(options =>
        {
            options.Time = time;
            options.AddAgent<BuyerAgent>().AddAgent<SellerAgent>();
        }, Token);
        await cluster.TellAsync(NegotiationCluster.Buyer, new Buy("a", ["seller/idles-9-1"]), Token);
        var negotiation = (await cluster.ReadAsync(NegotiationCluster.Buyer, new ReadPurchases(), _ => true, Token)).Negotiations["a"];
        await cluster.ReadAsync(negotiation, new NegotiationRead(), record => record.Phase == NegotiationPhase.Performing, Token);

        await cluster.AdvanceUntilAsync(cluster.ReadEndedAsync(1, Token), TimeSpan.FromSeconds(5));
        var ended = Assert.Single((await cluster.ReadEndedAsync(1, Token)).Ended);
        Assert.Equal((NegotiationOutcome.Expired, null), (ended.Outcome, ended.Winner));
        Assert.Equal(ended.Outcome, (await cluster.ReadRecordAsync(negotiation, Token)).Outcome);

        time.Advance(TimeSpan.FromDays(7));
        await cluster.AdvanceUntilAsync(ForgottenAsync());

        async Task ForgottenAsync()
        {
            while (true)
            {
                try
                {
                    await cluster.Client.Agent(negotiation).AskAsync(new NegotiationRead(), cancellationToken: Token);
                }
                catch (AgentRefusedException e) when (e.Code == NegotiationCodes.Unknown)
                {
                    return;
                }
            }
        }
    }
}
