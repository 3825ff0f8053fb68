using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;
using OrleansAgents.Negotiation;
using OrleansAgents.Patterns;
using OrleansAgents.Topics;

namespace OrleansAgents.Samples.Marketplace;

/// <summary>Somebody buys something for somebody.</summary>
public sealed record Deal(PurchaseIntent Intent, string? Seller = null, decimal Price = 0);

public sealed class BrokerState
{
    public IDictionary<string, Deal> Open { get; set; } = new Dictionary<string, Deal>(StringComparer.Ordinal);
}

/// <summary>Has sellers negotiate for what a buyer wants, and then sees to it that goods and money change hands, or neither.</summary>
[Agent("broker", Description = "Finds the best seller, and sees the purchase through.")]
public sealed class Broker : Agent<BrokerState>, IHandle<PurchaseIntent>, IHandle<NegotiationEnded>, IHandle<SagaEnded>
{
    public static TopicId Settled { get; } = new("market/settled");

    public ValueTask HandleAsync(PurchaseIntent message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Open[message.Purchase] = new Deal(message);
        context.Negotiate(
            message, $"sell:{message.Item}", TimeSpan.FromSeconds(60), Scoring.Lowest("/price"),
            new NegotiationOptions { Rounds = 1, CounterBy = 0.1, Tag = message.Purchase });
        return default;
    }

    public ValueTask HandleAsync(NegotiationEnded message, AgentContext context, CancellationToken cancellationToken)
    {
        var deal = State.Open[message.Tag!];
        if (message.Outcome != NegotiationOutcome.Done)
        {
            Settle(context, deal, message.Reason ?? message.Outcome.ToString());
            return default;
        }

        var (purchase, seller) = (deal.Intent.Purchase, AgentId.Parse(message.Winner!));
        State.Open[purchase] = deal = deal with { Seller = message.Winner, Price = message.Offer!.Value.GetProperty("price").GetDecimal() };
        context.RunSaga(
        [
            SagaStep.Of(seller, new PackGoods(purchase)).CompensatedBy(seller, new ReturnGoods(purchase)),
            SagaStep.Of("bank/market", new TransferMoney(purchase, deal.Intent.Buyer, message.Winner!, deal.Price)).CompensatedBy("bank/market", new RefundMoney(purchase)),
            SagaStep.Of("courier/market", new DeliverParcel(deal.Intent.Address), new SagaCarry("parcel", "/parcel", Step: 0)),
        ],
        key: purchase, tag: purchase);
        return default;
    }

    public ValueTask HandleAsync(SagaEnded message, AgentContext context, CancellationToken cancellationToken)
    {
        var deal = State.Open[message.Tag!];
        if (message.Outcome == SagaOutcome.Completed)
        {
            context.Tell("blackboard/market", new BlackboardMerge(JsonSerializer.SerializeToElement(
                new Dictionary<string, decimal>(StringComparer.Ordinal) { [deal.Intent.Item] = deal.Price }, PayloadJson.Options)));
        }

        Settle(context, deal, message.Outcome == SagaOutcome.Completed ? null : message.Failed!.Reason);
        return default;
    }

    private void Settle(AgentContext context, Deal deal, string? why)
    {
        State.Open.Remove(deal.Intent.Purchase);
        var settled = new PurchaseSettled(deal.Intent.Purchase, deal.Intent.Buyer, deal.Intent.Item, why is null ? deal.Seller : null, why is null ? deal.Price : 0, why);
        context.Tell(AgentId.Parse(deal.Intent.Buyer), settled);
        context.Publish(Settled, settled);
    }
}
