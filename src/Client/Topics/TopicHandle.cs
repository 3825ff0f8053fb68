using System.Runtime.CompilerServices;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>One topic, as a client sees it. Thread-safe.</summary>
public sealed class TopicHandle
{
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromMilliseconds(200);

    private readonly AgentHandle _agent;
    private readonly ITopicGrain _grain;
    private readonly TimeProvider _time;

    internal TopicHandle(AgentHandle agent, IGrainFactory grains, TopicId id, TimeProvider time)
    {
        _agent = agent;
        _time = time;
        Id = id;
        _grain = grains.GetGrain<ITopicGrain>(GrainId.Create(TopicId.AgentKind, id.Name));
    }

    /// <summary>The topic's name.</summary>
    public TopicId Id { get; }

    /// <summary>Publishes an event. The receipt says accepted once the topic's log has it.</summary>
    /// <exception cref="AgentTimeoutException">No answer came in time; the outcome is unknown.</exception>
    public ValueTask<Receipt> PublishAsync<TEvent>(TEvent message, SendOptions? options = null, CancellationToken cancellationToken = default)
        where TEvent : notnull =>
        _agent.TellAsync(message, options, cancellationToken);

    /// <summary>
    /// The events from now on, each once, until <paramref name="cancellationToken"/> ends it. When the silo that serves
    /// the topic goes, reading goes on with the next one; events in between are missed while topics rest in memory.
    /// </summary>
    public async IAsyncEnumerable<Envelope> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await using var events = _grain.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await MoveNextAsync(events, cancellationToken))
            {
                yield return events.Current;
            }

            await Task.Delay(PauseBetweenTries, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<Envelope> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is EnumerationAbortedException || Delivery.IsTransient(e))
        {
            return false;
        }
    }
}
