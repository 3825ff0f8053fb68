using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Routing;

/// <summary>All rules of a router, checked and indexed. Immutable but for the turns of those that choose in turn.</summary>
internal sealed class RouteTable
{
    public const int MostShapes = 256;

    private readonly RouteShape[] _shapes;

    /// <exception cref="AgentRefusedException">A rule is faulty, or they look at too many different parts of messages.</exception>
    public RouteTable(IEnumerable<Route> routes)
    {
        Routes = [.. routes.Select(route => new CompiledRoute(route))
            .OrderBy(route => route.Route.Order).ThenBy(route => route.Route.Name, StringComparer.Ordinal)];
        for (var rank = 0; rank < Routes.Count; rank++)
        {
            Routes[rank].Rank = rank;
        }

        _shapes = RouteShape.Group(Routes);
        if (_shapes.Length > MostShapes)
        {
            throw new AgentRefusedException(
                RouterCodes.BadRoute, $"The rules look at {_shapes.Length} different combinations of a message's parts; {MostShapes} is the limit, because each message is tried against every one.");
        }
    }

    /// <summary>The rules in the order in which they are tried.</summary>
    public IReadOnlyList<CompiledRoute> Routes { get; }

    /// <summary>The rule that takes a message; null for none.</summary>
    public CompiledRoute? Find(RoutedMessage message)
    {
        CompiledRoute? found = null;
        foreach (var shape in _shapes)
        {
            if (found is not null && shape.FirstRank > found.Rank)
            {
                break;
            }

            found = shape.Find(message, found?.Rank ?? int.MaxValue) ?? found;
        }

        return found;
    }
}
