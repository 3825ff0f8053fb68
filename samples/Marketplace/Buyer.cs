using OrleansAgents.Agents;

namespace OrleansAgents.Samples.Marketplace;

public sealed class BuyerState
{
    public ISet<string> Bought { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    public ISet<string> Failed { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    public int Told { get; set; }
}

/// <summary>Announces what it means to buy, and remembers what came of it. Each purchase is a conversation of its own.</summary>
[Agent("buyer", Description = "Buys what it wishes for.")]
public sealed class Buyer : Agent<BuyerState>, IHandle<Wish>, IHandle<PurchaseSettled>, IHandle<ReadPurchases, Purchases>
{
    public ValueTask HandleAsync(Wish message, AgentContext context, CancellationToken cancellationToken)
    {
        context.BeginConversation(message.Purchase);
        context.Tell("router/market", new PurchaseIntent(
            $"Have {message.Item} for {message.AtMost} at most", message.Purchase, Id.ToString(), message.Item, message.AtMost, message.Address));
        return default;
    }

    public ValueTask HandleAsync(PurchaseSettled message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Told++;
        (message.Seller is null ? State.Failed : State.Bought).Add(message.Purchase);
        return default;
    }

    public ValueTask<Purchases> HandleAsync(ReadPurchases request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Purchases(State.Bought.Count, State.Failed.Count, State.Told));
}
