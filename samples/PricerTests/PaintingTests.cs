using OrleansAgents.Agents;
using OrleansAgents.Negotiation;
using OrleansAgents.Testing;

namespace OrleansAgents.Samples;

public sealed class PaintingTests
{
    [Fact]
    public async Task House_IsPaintedByTheCheapest()
    {
        await using var cluster = await AgentTestCluster.StartAsync(options => options.AddAgent<HouseAgent>().AddAgent<PainterAgent>());
        var owner = cluster.Probe("owner");

        await owner.TellAsync("house/1", new PaintHouse("blue", owner.Id.ToString()));

        Assert.Equal("painter/bob-800", (await owner.ExpectAsync<HousePainted>()).By);
    }

    [Fact]
    public async Task Painter_RejectedForGood_DoesNotTakeTheAward()
    {
        await using var cluster = await AgentTestCluster.StartAsync(options => options.AddAgent<PainterAgent>());
        var negotiation = cluster.Probe("negotiation");

        await negotiation.TellAsync("painter/ann-900", new Rejected(IsFinal: true, Code: null, "Another was chosen."));
        var award = Messaging.Envelope.Create(negotiation.Id, "painter/ann-900", new Award(Proposal.Of(new PaintOffer(900)).Offer!.Value, DateTimeOffset.MaxValue));
        var reply = await cluster.Client.SendAsync(award);

        Assert.Equal(AwardDecision.Decommitted, reply.As<AwardReply>()!.Decision);
    }
}
