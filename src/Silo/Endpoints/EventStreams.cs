using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Endpoints;

/// <summary>Topics as server-sent events, for whoever keeps a connection open.</summary>
internal sealed class EventStreams(IAgentClient agents, HttpDoor door, CallerKeys keys, OpenStreams streams, TimeProvider time)
{
    private const string Subscribers = "topic.subscribers";

    public Task ReadAsync(HttpContext context) => door.RunAsync(context, (caller, stop) =>
    {
        var topic = SendEndpoints.Topic(context, behind: 1);
        var start = EventStart.Read(context.Request, time.GetUtcNow());
        var write = FindFormat(context.Request, topic);
        var events = agents.As(caller.Sender).Topic(topic).ReadAsync(start, CancellationToken.None).Select(one => (one.Position, write(one)));
        return streams.ServeAsync(context, until => AdmitAsync(caller, topic, until), events, stop);
    });

    /// <summary>
    /// Asks the topic's gate before the answer begins, when a refusal can still be told as one: what may be read is decided
    /// as who may know of the subscribers is, and reading says nothing until there is an event.
    /// </summary>
    /// <exception cref="AgentRefusedException">The caller may not read the topic.</exception>
    private async Task AdmitAsync(HttpCaller caller, TopicId topic, CancellationToken cancellationToken)
    {
        var question = Envelope.CreateJson(caller.Sender, topic.Agent, Subscribers, "{}"u8.ToArray());
        var reply = await agents.SendAsync(question, new SendOptions { Timeout = keys.Current.Timeout }, cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            throw new AgentRefusedException(refusal);
        }
    }

    private static Func<TopicEvent, ReadOnlyMemory<byte>> FindFormat(HttpRequest request, TopicId topic) => request.Query["format"] switch
    {
        [] or ["cloudevent"] => one => CloudEventJson.Write(topic, one),
        ["envelope"] => CloudEventJson.WriteEnvelope,
        _ => throw new AgentRefusedException(HttpCodes.BadParameter, "The parameter 'format' is cloudevent or envelope."),
    };
}
