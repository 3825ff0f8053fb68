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
