using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;
using OrleansAgents.Negotiation;

namespace OrleansAgents.Tests.Negotiation;

[Contract("test.work")]
public sealed record Work(string Negotiation);

[Contract("test.learn-to")]
public sealed record LearnTo(string Capability);

[Contract("test.read-deals")]
public sealed record ReadDeals : IQuery<Deals>;

public sealed record Deals(IReadOnlyDictionary<string, Deal> All);

/// <summary>What a seller knows of one negotiation.</summary>
public sealed class Deal
{
    public int Calls { get; set; }

    public int Awards { get; set; }

    public int Performed { get; set; }

    public int Rejections { get; set; }

    public bool IsAwarded { get; set; }

    public bool IsOut { get; set; }

    public decimal Price { get; set; }
}

public sealed class SellerState
{
    public IDictionary<string, Deal> Deals { get; set; } = new Dictionary<string, Deal>(StringComparer.Ordinal);

    public Deal Of(AgentId negotiation)
    {
        if (!Deals.TryGetValue(negotiation.ToString(), out var deal))
        {
            Deals[negotiation.ToString()] = deal = new Deal();
        }

        return deal;
    }
}

/// <summary>A participant that keeps the rules. Its key says what it is like: <c>BEHAVIOUR-PRICE-NUMBER</c>.</summary>
[Agent("seller")]
public sealed class SellerAgent : Agent<SellerState>, IHandle<CallForProposals, Proposal>, IHandle<CounterOffer, Proposal>, IHandle<Award, AwardReply>,
    IHandle<Rejected>, IHandle<Work>, IHandle<LearnTo>, IHandle<ReadDeals, Deals>
{
    private string Behaviour => Id.Key.Split('-')[0];

    private decimal Asked => decimal.Parse(Id.Key.Split('-')[1], CultureInfo.InvariantCulture);

    public async ValueTask<Proposal> HandleAsync(CallForProposals request, AgentContext context, CancellationToken cancellationToken)
    {
        if (Behaviour == "silent")
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        var deal = State.Of(context.Sender);
        (deal.Calls, deal.Price) = (deal.Calls + 1, Asked);
        switch (Behaviour)
        {
            case "declines":
                return Proposal.Decline("No.");
            case "throws":
                throw new InvalidOperationException("It breaks.");
            case "withdraws":
                deal.IsOut = true;
                context.Tell(context.Sender, new ProposalWithdrawn("Too busy."));
                break;
        }

        return Proposal.Of(new { price = Asked });
    }

    public ValueTask<Proposal> HandleAsync(CounterOffer request, AgentContext context, CancellationToken cancellationToken)
    {
        var deal = State.Of(context.Sender);
        var wanted = Price.In(request.Offer);
        if (Behaviour != "bargains" || wanted < Asked / 2)
        {
            return new(Proposal.Decline());
        }

        deal.Price = wanted;
        return new(Proposal.Of(new { price = wanted }));
    }

    public async ValueTask<AwardReply> HandleAsync(Award request, AgentContext context, CancellationToken cancellationToken)
    {
        var deal = State.Of(context.Sender);
        if (Behaviour == "hangs")
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        deal.Awards++;
        if (deal.IsOut || Behaviour == "decommits")
        {
            deal.IsOut = true;
            return AwardReply.Decommit("Not today.");
        }

        if (deal.IsAwarded)
        {
            return deal.Performed > 0 && Behaviour == "atonce" ? AwardReply.Done(Id.ToString()) : AwardReply.Confirm();
        }

        deal.IsAwarded = true;
        if (Behaviour == "atonce")
        {
            deal.Performed++;
            return AwardReply.Done(Id.ToString());
        }

        if (Behaviour == "works")
        {
            Perform(context, context.Sender, deal);
        }
        else if (Behaviour != "idles")
        {
            context.Schedule(TimeSpan.FromMilliseconds(5), Id, new Work(context.Sender.ToString()));
        }

        return AwardReply.Confirm();
    }

    public ValueTask HandleAsync(Rejected message, AgentContext context, CancellationToken cancellationToken)
    {
        var deal = State.Of(context.Sender);
        if (deal.Performed > 0)
        {
            throw new AgentRefusedException("seller.done", "It is done already.");
        }

        deal.Rejections++;
        deal.IsOut |= message.IsFinal;
        return default;
    }

    public ValueTask HandleAsync(Work message, AgentContext context, CancellationToken cancellationToken)
    {
        AgentId negotiation = message.Negotiation;
        var deal = State.Of(negotiation);
        if (deal.IsOut)
        {
            return default;
        }

        switch (Behaviour)
        {
            case "quits":
                deal.IsOut = true;
                context.Tell(negotiation, new ProposalWithdrawn("Something better came."));
                break;
            case "fails":
                deal.IsOut = true;
                context.Tell(negotiation, new TaskFailed("Broken."));
                break;
            default:
                Perform(context, negotiation, deal);
                break;
        }

        return default;
    }

    public ValueTask HandleAsync(LearnTo message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Register(new Registration([message.Capability]));
        return default;
    }

    public ValueTask<Deals> HandleAsync(ReadDeals request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Deals(new Dictionary<string, Deal>(State.Deals, StringComparer.Ordinal)));

    private void Perform(AgentContext context, AgentId negotiation, Deal deal)
    {
        deal.Performed++;
        context.Tell(negotiation, TaskDone.With(Id.ToString()));
    }
}
