using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Negotiation;

namespace OrleansAgents.Samples.Marketplace;

public sealed class StallState
{
    public string Item { get; set; } = "";

    public decimal Price { get; set; }

    public decimal Least { get; set; }

    public int Stock { get; set; }

    /// <summary>The last price offered in each negotiation that goes on.</summary>
    public IDictionary<string, decimal> Offers { get; set; } = new Dictionary<string, decimal>(StringComparer.Ordinal);

    /// <summary>The negotiations that it sold in, and those that it has no part in any more.</summary>
    public ISet<string> Sold { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    public ISet<string> Lost { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    public ISet<string> Packed { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    public ISet<string> Returned { get; set; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>Sells one thing, as long as it has some, and comes down with its price to a limit.</summary>
[Agent("seller", Description = "Sells one thing, and bargains.")]
public sealed class Seller : Agent<StallState>, IHandle<OpenStall>, IHandle<ReadStall, Stall>,
    IHandle<CallForProposals, Proposal>, IHandle<CounterOffer, Proposal>, IHandle<Award, AwardReply>, IHandle<Rejected>,
    IHandle<PackGoods, Packed>, IHandle<ReturnGoods>
{
    public ValueTask HandleAsync(OpenStall message, AgentContext context, CancellationToken cancellationToken)
    {
        (State.Item, State.Price, State.Least, State.Stock) = (message.Item, message.Price, message.Least, message.Stock);
        context.Register(new Registration([$"sell:{message.Item}"], ["market"], $"Sells {message.Item}."));
        return default;
    }

    public ValueTask<Proposal> HandleAsync(CallForProposals request, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Stock == 0 || State.Price > request.Task.GetProperty("atMost").GetDecimal())
        {
            return new(Proposal.Decline(State.Stock == 0 ? "Sold out." : "Too dear for you."));
        }

        State.Offers[context.Sender.ToString()] = State.Price;
        return new(Proposal.Of(new PriceOffer(State.Price)));
    }

    public ValueTask<Proposal> HandleAsync(CounterOffer request, AgentContext context, CancellationToken cancellationToken)
    {
        var asked = request.Offer.TryGetProperty("price", out var price) && price.ValueKind == JsonValueKind.Number ? price.GetDecimal() : State.Price;
        var offer = Math.Clamp(asked, State.Least, State.Price);
        State.Offers[context.Sender.ToString()] = offer;
        return new(Proposal.Of(new PriceOffer(offer)));
    }

    public ValueTask<AwardReply> HandleAsync(Award request, AgentContext context, CancellationToken cancellationToken)
    {
        var negotiation = context.Sender.ToString();
        if (!State.Sold.Contains(negotiation))
        {
            if (State.Stock == 0 || State.Lost.Contains(negotiation))
            {
                return new(AwardReply.Decommit("Sold out."));
            }

            State.Stock--;
            State.Sold.Add(negotiation);
            State.Offers.Remove(negotiation);
        }

        return new(AwardReply.Done());
    }

    public ValueTask HandleAsync(Rejected message, AgentContext context, CancellationToken cancellationToken)
    {
        var negotiation = context.Sender.ToString();
        if (State.Sold.Contains(negotiation))
        {
            throw new AgentRefusedException("seller.sold", "It is sold already.");
        }

        if (message.IsFinal)
        {
            State.Offers.Remove(negotiation);
            State.Lost.Add(negotiation);
        }

        return default;
    }

    public ValueTask<Packed> HandleAsync(PackGoods request, AgentContext context, CancellationToken cancellationToken)
    {
        State.Packed.Add(request.Purchase);
        return new(new Packed($"{State.Item} of {Id.Key} for {request.Purchase}"));
    }

    public ValueTask HandleAsync(ReturnGoods message, AgentContext context, CancellationToken cancellationToken)
    {
        // It comes too where nothing was packed: the packing's outcome may have been unknown.
        if (State.Returned.Add(message.Purchase))
        {
            State.Packed.Remove(message.Purchase);
            State.Stock++;
        }

        return default;
    }

    public ValueTask<Stall> HandleAsync(ReadStall request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Stall(State.Item, State.Stock, State.Sold.Count, State.Returned.Count));
}
