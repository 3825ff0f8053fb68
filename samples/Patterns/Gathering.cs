using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Samples;

[Contract("purchase.wanted")]
internal sealed record PurchaseWanted(string Sku);

[Contract("offer.request")]
internal sealed record OfferRequest(string Sku) : IRequest<Offer>;

internal sealed record Offer(decimal Price);

internal sealed class PurchaseState
{
    public string? Best { get; set; }
}

[Agent("buyer", Description = "Asks three sellers, and takes the best of the offers that come in time.")]
internal sealed class Buyer(Witness witness) : Agent<PurchaseState>, IHandle<PurchaseWanted>, IHandle<Answers>
{
    public ValueTask HandleAsync(PurchaseWanted message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Gather(["seller/north", "seller/south", "seller/asleep"], new OfferRequest(message.Sku), new QuestionOptions
        {
            Within = TimeSpan.FromSeconds(10),
            Enough = 2,
            Tag = message.Sku,
        });
        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        var best = message.All.Where(a => a.IsGiven).MinBy(a => a.Read<Offer>().Price)!;
        State.Best = best.Agent.ToString();
        witness.Report("purchase", $"{message.Count} of {message.All.Count} offers for {message.Tag}; {best.Agent} has the best");
        return default;
    }
}

[Agent("seller", Description = "Makes offers; one of them sleeps.")]
internal sealed class Seller : Agent, IHandle<OfferRequest, Offer>
{
    public async ValueTask<Offer> HandleAsync(OfferRequest request, AgentContext context, CancellationToken cancellationToken)
    {
        if (Id.Key == "asleep")
        {
            // Until it is told that nobody waits any more.
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        return new Offer(Id.Key == "south" ? 11 : 12);
    }
}

internal static class Gathering
{
    public static async Task PlayAsync(Stage stage)
    {
        await stage.Agents.Agent("buyer/1").TellAsync(new PurchaseWanted("A1"));
        Stage.Expect(await stage.HearAsync("purchase") == "2 of 3 offers for A1; seller/south has the best", "two offers");
    }
}
