using OrleansAgents.Configuration;
using OrleansAgents.Mcp;

namespace OrleansAgents.Endpoints;

/// <summary>All endpoints, by who may come to them.</summary>
internal static class AgentRoutes
{
    private const string Json = "application/json";

    public static IReadOnlyList<AgentRoute> Callers(IServiceProvider services)
    {
        var (sending, events) = (services.GetRequiredService<SendEndpoints>(), services.GetRequiredService<CloudEventEndpoint>());
        var (streams, directory) = (services.GetRequiredService<EventStreams>(), services.GetRequiredService<DirectoryEndpoints>());
        var runs = services.GetRequiredService<RunEndpoints>();
        return
        [
            new("POST", "/messages", "Takes one message of the wire format, and answers its receipt.", services.GetRequiredService<MessageDoor>().TakeAsync) { Takes = [Json] },
            new("POST", "/agents/{kind}/{key}/ask/{contract}", "Asks an agent; the answer is its reply.", sending.AskAsync) { Query = ["version"], Takes = [Json] },
            new("POST", "/agents/{kind}/{key}/tell/{contract}", "Tells an agent; the answer is the receipt.", sending.TellAsync) { Query = ["version"], Takes = [Json] },
            new("POST", "/topics/{name}/events/{contract}", "Publishes an event to a topic; the answer is the receipt.", sending.PublishAsync) { Query = ["version"], Takes = [Json] },
            new("POST", "/topics/{name}", "Publishes CloudEvents to a topic; the answer is the receipt, or one for each.", events.TakeAsync)
            {
                Takes = [CloudEventReader.Structured, CloudEventReader.Batch, Json],
            },
            new("GET", "/topics/{name}/events", "Reads a topic, for as long as the connection stays open.", streams.ReadAsync)
            {
                Query = ["after", "from", "format"], Gives = "text/event-stream",
            },
            new("POST", "/agents/{kind}/{key}/run/{contract}", "Starts a run of an agent; the answer says where it stands.", runs.StartAsync) { Query = ["version", "within"], Takes = [Json] },
            new("GET", "/runs", "Lists the caller's runs, those first whose state changed last.", runs.ListAsync) { Query = ["conversation", "state", "agent", "since", "limit", "after"] },
            new("GET", "/runs/{id}", "Reads a run.", runs.ReadAsync) { Query = ["history"] },
            new("GET", "/runs/{id}/events", "Follows a run until it is over.", runs.FollowAsync) { Query = ["after"], Gives = "text/event-stream" },
            new("POST", "/runs/{id}/say", "Says something to the agent of a run.", runs.SayAsync) { Takes = [Json] },
            new("POST", "/runs/{id}/cancel", "Cancels a run.", runs.CancelAsync),
            new("GET", "/agents", "Lists the kinds of agents, with their contracts.", directory.ListAsync),
            new("GET", "/agents/{kind}", "Shows one kind, with the schemas of its contracts.", directory.ShowAsync),
            new("GET", "/directory", "Finds agents and kinds by what they can do.", directory.FindAsync) { Query = ["capability", "tag", "kind", "limit", "after"] },
            .. services.GetRequiredService<McpOptions>().Enabled ? Tools(services) : [],
        ];
    }

    public static IReadOnlyList<AgentRoute> Operators(IServiceProvider services)
    {
        var letters = services.GetRequiredService<DeadLetterEndpoints>();
        return
        [
            new("GET", "/dead-letters", "Lists dead letters, oldest first.", letters.ListAsync) { Query = ["code", "recipient", "type", "limit"] },
            new("GET", "/dead-letters/{id}", "Shows one whole.", letters.ShowAsync),
            new("POST", "/dead-letters/{id}/replay", "Sends its message again.", letters.ReplayAsync),
            new("DELETE", "/dead-letters/{id}", "Drops it for good.", letters.DropAsync),
        ];
    }

    private static AgentRoute[] Tools(IServiceProvider services) =>
    [
        new("POST", "/mcp", "Speaks the Model Context Protocol: the contracts of public kinds are tools.", services.GetRequiredService<McpEndpoint>().ServeAsync)
        {
            Takes = [Json], Gives = "text/event-stream",
        },
    ];
}
