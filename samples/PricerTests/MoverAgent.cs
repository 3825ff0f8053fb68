using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Samples;

[Contract("stock.move")]
internal sealed record MoveStock(string Sku, string To);

[Contract("stock.move.intent")]
internal sealed record MoveIntent(string Goal, DateTimeOffset Until, IReadOnlyList<string> Resources) : IIntent;

[Contract("stock.diff")]
internal sealed record StockDiff(long Base, long Version, JsonElement Patch) : IStateDiff;

internal sealed class Stock
{
    public long Version { get; set; }

    public Dictionary<string, string> Places { get; set; } = [];
}

/// <summary>Moves stock: says what it means to do, does it, and says what has changed.</summary>
[Agent("mover")]
internal sealed class MoverAgent(TimeProvider time) : Agent<Stock>, IHandle<MoveStock>
{
    public ValueTask HandleAsync(MoveStock message, AgentContext context, CancellationToken cancellationToken)
    {
        context.BeginConversation($"move {message.Sku}");
        context.Publish(new TopicId("stock/intents"), new MoveIntent(
            $"move {message.Sku} to {message.To}", Until: time.GetUtcNow().AddMinutes(5), Resources: [$"sku/{message.Sku}"]));

        var isNew = State.Places.TryAdd(message.Sku, message.To);
        State.Places[message.Sku] = message.To;
        var patch = JsonSerializer.SerializeToElement(new[] { new { op = isNew ? "add" : "replace", path = $"/{message.Sku}", value = message.To } });
        context.Publish(new TopicId("stock/changes"), new StockDiff(State.Version, ++State.Version, patch));
        return default;
    }
}
