using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>
/// The streams of events that are open: not more than this silo allows, kept alive while nothing happens, and ended with
/// the silo.
/// </summary>
internal sealed class OpenStreams(HttpDoor door, CallerKeys keys, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private int _open;

    /// <summary>Answers with a stream, once it is known that it may be read.</summary>
    /// <param name="context">The request.</param>
    /// <param name="admitAsync">Ends when the stream may begin; what it throws is still told as a problem.</param>
    /// <param name="events">The events, each with the id that a reader comes back with.</param>
    /// <param name="cancellationToken">Ends when the reader leaves.</param>
    /// <param name="writeFault">What a reader is told of a fault in the middle, as the last event; null for a problem.</param>
    public async Task ServeAsync(
        HttpContext context, Func<CancellationToken, Task> admitAsync, IAsyncEnumerable<(long Id, ReadOnlyMemory<byte> Data)> events, CancellationToken cancellationToken,
        Func<Refusal, ReadOnlyMemory<byte>>? writeFault = null)
    {
        using var place = Take();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
            await admitAsync(either.Token);
            await StreamAsync(context, events, writeFault, either.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !context.Response.HasStarted)
        {
            throw new AgentRefusedException(RefusalCodes.Stopping, "This silo is stopping; another one, or the next, answers.");
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The answer ends as it should, and the reader comes back behind the last event that it had.
        }
    }

    /// <summary>Takes the place of one stream, until it is disposed of.</summary>
    /// <exception cref="AgentRefusedException">There is none left.</exception>
    public IDisposable Take()
    {
        if (Interlocked.Increment(ref _open) > keys.Current.Streams)
        {
            Interlocked.Decrement(ref _open);
            throw new AgentRefusedException(HttpCodes.TooManyStreams, "As many streams of events are open as this silo allows; come again later, or have Agents:Http:Streams raised.");
        }

        return new Place(this);
    }

    private async Task StreamAsync(
        HttpContext context, IAsyncEnumerable<(long Id, ReadOnlyMemory<byte> Data)> events, Func<Refusal, ReadOnlyMemory<byte>>? writeFault, CancellationToken cancellationToken)
    {
        var sent = await ServerSentEvents.BeginAsync(context, cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var reading = events.GetAsyncEnumerator(end.Token);
        var next = reading.MoveNextAsync().AsTask();
        try
        {
            while (await WaitAsync(sent, next, cancellationToken))
            {
                await sent.WriteAsync(reading.Current.Id, reading.Current.Data, cancellationToken);
                next = reading.MoveNextAsync().AsTask();
            }
        }
        catch (AgentException e)
        {
            // The status has been sent, so what ends the reading is told as an event.
            var refusal = door.Explain(context, e);
            await (writeFault is null ? sent.WriteProblemAsync(refusal, cancellationToken) : sent.WriteAsync(writeFault(refusal), cancellationToken));
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

    private sealed class Place(OpenStreams streams) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref streams._open);
    }
}
