using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Endpoints;

/// <summary>Topics as server-sent events, for whoever keeps a connection open.</summary>
internal sealed class EventStreams(IAgentClient agents, HttpDoor door, CallerKeys keys, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private const string Subscribers = "topic.subscribers";

    private int _open;

    public Task ReadAsync(HttpContext context) => door.RunAsync(context, async (caller, stop) =>
    {
        var topic = SendEndpoints.Topic(context, behind: 1);
        var start = EventStart.Read(context.Request, time.GetUtcNow());
        var write = FindFormat(context.Request, topic);
        if (Interlocked.Increment(ref _open) > keys.Current.Streams)
        {
            Interlocked.Decrement(ref _open);
            throw new AgentRefusedException(HttpCodes.TooManyStreams, "As many streams of events are open as this silo allows; come again later, or have Agents:Http:Streams raised.");
        }

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, lifetime.ApplicationStopping);
            await AdmitAsync(caller, topic, either.Token);
            await StreamAsync(context, agents.As(caller.Sender).Topic(topic).ReadAsync(start, CancellationToken.None), write, either.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !context.Response.HasStarted)
        {
            throw new AgentRefusedException(RefusalCodes.Stopping, "This silo is stopping; another one, or the next, answers.");
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The answer ends as it should, and the reader comes back behind the last event that it had.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
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

    private async Task StreamAsync(
        HttpContext context, IAsyncEnumerable<TopicEvent> events, Func<TopicEvent, ReadOnlyMemory<byte>> write, CancellationToken cancellationToken)
    {
        var sent = await ServerSentEvents.BeginAsync(context, cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var reading = events.GetAsyncEnumerator(end.Token);
        var next = reading.MoveNextAsync().AsTask();
        try
        {
            while (await WaitAsync(sent, next, cancellationToken))
            {
                await sent.WriteAsync(reading.Current.Position, write(reading.Current), cancellationToken);
                next = reading.MoveNextAsync().AsTask();
            }
        }
        catch (AgentException e)
        {
            // The status has been sent, so what ends the reading is told as an event.
            await sent.WriteProblemAsync(door.Explain(context, e), cancellationToken);
        }
        finally
        {
            // A reading that waits for an event cannot be given back before it has stopped.
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> WaitAsync(ServerSentEvents sent, Task<bool> next, CancellationToken cancellationToken)
    {
        while (!next.IsCompleted)
        {
            try
            {
                return await next.WaitAsync(keys.Current.Heartbeat, time, cancellationToken);
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                await sent.WriteHeartbeatAsync(cancellationToken);
            }
        }

        return await next;
    }
}
