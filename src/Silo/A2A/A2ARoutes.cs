using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>The paths of A2A: each operation at the host's own address, below a kind, and below a kind and one of its agents.</summary>
internal static class A2ARoutes
{
    public const string Root = "/a2a";

    private static readonly string[] Bases = [Root, Root + "/{kind}", Root + "/{kind}/{tenant}"];
    private static readonly string[] Json = [MediaTypes.Json, A2AProtocol.MediaType];

    /// <summary>The routes, as they are described.</summary>
    public static IReadOnlyList<AgentRoute> All(IServiceProvider services)
    {
        var (rpc, http) = (services.GetRequiredService<JsonRpcEndpoint>(), services.GetRequiredService<HttpJsonEndpoint>());
        var cards = services.GetRequiredService<CardEndpoint>();
        return
        [
            new("GET", A2AProtocol.CardPath, "The card of the host, by A2A.", cards.ServeAsync),
            new("GET", Root + "/{kind}" + A2AProtocol.CardPath, "The card of a kind of agents, by A2A.", cards.ServeAsync),
            .. Bases.SelectMany(path => At(path, rpc, http)),
        ];
    }

    /// <summary>Maps the routes, and errors for what comes below them by another path or method.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, IReadOnlyList<AgentRoute> routes)
    {
        var http = endpoints.ServiceProvider.GetRequiredService<HttpJsonEndpoint>();
        AgentRoute.Map(endpoints, routes, http.RefuseAsync, Root);
    }

    private static IEnumerable<AgentRoute> At(string path, JsonRpcEndpoint rpc, HttpJsonEndpoint http) =>
    [
        new("POST", path, "A2A 1.0 by JSON-RPC.", rpc.ServeAsync) { Takes = Json },
        new("POST", path + "/message:send", "Sends a message to an agent, by A2A.", http.SendAsync) { Takes = Json, Gives = A2AProtocol.MediaType },
        new("POST", path + "/message:stream", "Sends a message, and streams what comes of it.", http.StreamAsync) { Takes = Json, Gives = "text/event-stream" },
        new("GET", path + "/tasks", "Lists the caller's tasks.", http.ListAsync)
        {
            Query = ["contextId", "status", "pageSize", "pageToken", "historyLength", "statusTimestampAfter", "includeArtifacts"], Gives = A2AProtocol.MediaType,
        },
        new("GET", path + "/tasks/{id}", "Reads a task.", http.GetAsync) { Query = ["historyLength"], Gives = A2AProtocol.MediaType },
        new("POST", path + "/tasks/{id}:cancel", "Cancels a task.", http.CancelAsync) { Gives = A2AProtocol.MediaType },
        new("GET", path + "/tasks/{id}:subscribe", "Streams what happens to a task.", http.SubscribeAsync) { Gives = "text/event-stream" },
        new("POST", path + "/tasks/{id}:subscribe", "Streams what happens to a task.", http.SubscribeAsync) { Gives = "text/event-stream" },
        new("POST", path + "/tasks/{id}/pushNotificationConfigs", "Has the changes of a task posted.", http.CreatePushAsync) { Takes = Json, Gives = A2AProtocol.MediaType },
        new("GET", path + "/tasks/{id}/pushNotificationConfigs", "Lists where changes of a task are posted.", http.ListPushAsync) { Query = ["pageSize", "pageToken"], Gives = A2AProtocol.MediaType },
        new("GET", path + "/tasks/{id}/pushNotificationConfigs/{config}", "Reads where changes of a task are posted.", http.GetPushAsync) { Gives = A2AProtocol.MediaType },
        new("DELETE", path + "/tasks/{id}/pushNotificationConfigs/{config}", "Ends the posts of a task.", http.DeletePushAsync) { Gives = A2AProtocol.MediaType },
        new("GET", path + "/extendedAgentCard", "The card with the schemas of all skills.", http.ExtendedCardAsync) { Gives = A2AProtocol.MediaType },
    ];
}
