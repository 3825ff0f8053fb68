using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Samples;

[Contract("price.set")]
internal sealed record SetPrice(string Sku, decimal Price);

[Contract("price.changed")]
internal sealed record PriceChanged(string Sku, decimal Price);

[Contract("price.watch")]
internal sealed record WatchPrices(string Watcher);

[Contract("quote.request")]
internal sealed record QuoteRequest(string Sku) : IRequest<Quote>;

internal sealed record Quote(string Sku, decimal Price, DateTimeOffset ValidUntil);

internal sealed class PriceBook
{
    public Dictionary<string, decimal> Prices { get; set; } = [];

    public List<string> Watchers { get; set; } = [];
}

/// <summary>Keeps prices, quotes them, and tells its watchers when one changes.</summary>
[Agent("pricer")]
internal sealed class PricerAgent(TimeProvider time) : Agent<PriceBook>, IHandle<SetPrice>, IHandle<WatchPrices>, IHandle<QuoteRequest, Quote>
{
    public ValueTask HandleAsync(SetPrice message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.Price <= 0)
        {
            throw new AgentRefusedException("bad-price", "A price is above zero.");
        }

        State.Prices[message.Sku] = message.Price;
        foreach (var watcher in State.Watchers)
        {
            context.Tell(watcher, new PriceChanged(message.Sku, message.Price));
        }

        return default;
    }

    public ValueTask HandleAsync(WatchPrices message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Watchers.Add(message.Watcher);
        return default;
    }

    public ValueTask<Quote> HandleAsync(QuoteRequest request, AgentContext context, CancellationToken cancellationToken) =>
        State.Prices.TryGetValue(request.Sku, out var price)
            ? new(new Quote(request.Sku, price, time.GetUtcNow().AddMinutes(5)))
            : throw new AgentRefusedException("unknown-sku", $"There is no price for {request.Sku}.");
}
