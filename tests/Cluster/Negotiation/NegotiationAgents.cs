using System.Globalization;
using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Negotiation;

namespace OrleansAgents.Tests.Negotiation;

[Contract("test.buy")]
public sealed record Buy(string Name, IReadOnlyList<string> Sellers, string Scoring = "/price", NegotiationOptions? Options = null, int Seconds = 60, bool Cancels = false);

[Contract("test.buy-by-capability")]
public sealed record BuyByCapability(string Capability);

[Contract("test.change-mind")]
public sealed record ChangeMind(string Negotiation);

[Contract("test.read-purchases")]
public sealed record ReadPurchases : IQuery<Purchases>;

public sealed record Purchases(IReadOnlyDictionary<string, string> Negotiations, IReadOnlyList<NegotiationEnded> Ended, IReadOnlyList<string?> Conversations);

public sealed record Price(decimal Value)
{
    public static decimal In(JsonElement offer) => offer.GetProperty("price").GetDecimal();
}

public sealed class BuyerState
{
    public IDictionary<string, string> Negotiations { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IList<NegotiationEnded> Ended { get; set; } = [];

    public IList<string?> Conversations { get; set; } = [];
}

/// <summary>Has sellers negotiate, ranks by price where it is asked, and keeps how each ended.</summary>
[Agent("buyer")]
public sealed class BuyerAgent : Agent<BuyerState>, IHandle<Buy>, IHandle<BuyByCapability>, IHandle<ChangeMind>, IHandle<ScoreProposals, Ranking>,
    IHandle<NegotiationEnded>, IHandle<ReadPurchases, Purchases>
{
    public ValueTask HandleAsync(Buy message, AgentContext context, CancellationToken cancellationToken)
    {
        var scoring = message.Scoring.Length == 0 ? Scoring.ByInitiator : Scoring.Lowest(message.Scoring);
        var options = (message.Options ?? new()) with { Tag = message.Name };
        var negotiation = context.Negotiate(
            new { name = message.Name }, message.Sellers.Select(AgentId.Parse), TimeSpan.FromSeconds(message.Seconds), scoring, options);
        State.Negotiations[message.Name] = negotiation.ToString();
        if (message.Cancels)
        {
            context.Schedule(TimeSpan.FromMilliseconds(5), Id, new ChangeMind(negotiation.ToString()));
        }

        return default;
    }

    public ValueTask HandleAsync(BuyByCapability message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Negotiations[message.Capability] =
            context.Negotiate(new { }, message.Capability, TimeSpan.FromMinutes(1), Scoring.Lowest("/price"), new() { Tag = message.Capability }).ToString();
        return default;
    }

    public ValueTask HandleAsync(ChangeMind message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Tell(message.Negotiation, new NegotiationCancel("No longer needed."));
        return default;
    }

    public ValueTask<Ranking> HandleAsync(ScoreProposals request, AgentContext context, CancellationToken cancellationToken)
    {
        var order = request.Proposals.OrderBy(p => Price.In(p.Offer)).ThenBy(p => p.Agent, StringComparer.Ordinal).ToArray();
        // It asks the dearest for the best price, as often as it may.
        var counters = request.RoundsLeft > 0 ? [new CounterTo(order[^1].Agent, order[0].Offer)] : Array.Empty<CounterTo>();
        return new(new Ranking([.. order.Select(p => p.Agent)], counters));
    }

    public ValueTask HandleAsync(NegotiationEnded message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Ended.Add(message);
        State.Conversations.Add(context.Message.Extras?.ConversationId);
        return default;
    }

    public ValueTask<Purchases> HandleAsync(ReadPurchases request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Purchases(new Dictionary<string, string>(State.Negotiations, StringComparer.Ordinal), [.. State.Ended], [.. State.Conversations]));
}

[Contract("test.work")]
public sealed record Work(string Negotiation);

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
    IHandle<Rejected>, IHandle<Work>, IHandle<ReadDeals, Deals>
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

    public ValueTask<Deals> HandleAsync(ReadDeals request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Deals(new Dictionary<string, Deal>(State.Deals, StringComparer.Ordinal)));

    private void Perform(AgentContext context, AgentId negotiation, Deal deal)
    {
        deal.Performed++;
        context.Tell(negotiation, TaskDone.With(Id.ToString()));
    }
}
