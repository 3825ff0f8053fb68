using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Samples;

[Contract("listener.listen")]
internal sealed record Listen(string Topic);

[Contract("order.placed")]
internal sealed record OrderPlaced(string Sku, int Count);

[Agent("listener", Description = "Subscribes to a topic and reports its events.")]
internal sealed class Listener(Witness witness) : Agent, IHandle<Listen>, IHandle<OrderPlaced>
{
    public async ValueTask HandleAsync(Listen message, AgentContext context, CancellationToken cancellationToken) =>
        await context.SubscribeAsync(message.Topic, cancellationToken);

    public ValueTask HandleAsync(OrderPlaced message, AgentContext context, CancellationToken cancellationToken)
    {
        witness.Report($"{Id} heard", $"{message.Count} × {message.Sku} as {context.Message.Id}");
        return default;
    }
}

internal static class TopicFanOut
{
    private static readonly TopicId Orders = "orders/eu";

    public static async Task PlayAsync(Stage stage)
    {
        AgentId[] listeners = ["listener/billing", "listener/shipping", "listener/statistics"];
        foreach (var listener in listeners)
        {
            var receipt = await stage.Agents.Agent(listener).TellAsync(new Listen(Orders.Name));
            Stage.Expect(receipt.IsAccepted, $"{listener} to subscribe");
        }

        var published = await stage.Agents.Topic(Orders).PublishAsync(new OrderPlaced("A1", 3));
        Stage.Expect(published.IsAccepted, "the topic to take the event");
        foreach (var listener in listeners)
        {
            var heard = await stage.Witness.NextAsync($"{listener} heard");
            Stage.Say($"{listener} heard {heard}");
            Stage.Expect(heard == $"3 × A1 as {published.Id}", "the event that was published");
        }
    }
}
