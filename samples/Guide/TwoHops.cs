using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Samples;

[Contract("parcel")]
internal sealed record Parcel(string Content);

/// <summary>Where each waypoint sends on: a policy that stands outside the agents.</summary>
internal sealed record RouteBook(IReadOnlyDictionary<string, AgentId> Next);

[Agent("waypoint", Description = "Passes parcels on by the route book.")]
internal sealed class Waypoint(RouteBook routes) : Agent, IHandle<Parcel>
{
    public ValueTask HandleAsync(Parcel message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Forward(routes.Next[Id.ToString()]);
        return default;
    }
}

[Agent("destination", Description = "Gets parcels.")]
internal sealed class Destination(Witness witness) : Agent, IHandle<Parcel>
{
    public ValueTask HandleAsync(Parcel message, AgentContext context, CancellationToken cancellationToken)
    {
        witness.Report("parcels", $"{message.Content} at {Id} by way of {string.Join(" → ", context.Message.Extras?.Hops ?? [])}");
        return default;
    }
}

internal static class TwoHops
{
    public static async Task PlayAsync(Stage stage)
    {
        var receipt = await stage.Agents.Agent("waypoint/entrance").TellAsync(new Parcel("books"));
        Stage.Expect(receipt.IsAccepted, "the first waypoint to take the parcel");
        var arrived = await stage.Witness.NextAsync("parcels");
        Stage.Say(arrived);
        Stage.Expect(arrived == "books at destination/lisbon by way of waypoint/entrance → waypoint/south", "both hops, in order");
    }
}
