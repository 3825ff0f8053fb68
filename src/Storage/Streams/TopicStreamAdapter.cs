using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Streams;

/// <summary>
/// The streams of the topics. What is published to one goes to the agent of the topic, as from any other publisher.
/// </summary>
/// <param name="name">The stream provider's name.</param>
/// <param name="grains">Finds the agents.</param>
/// <param name="time">The clock of deadlines.</param>
/// <param name="receive">Makes the reader of a queue, in a silo.</param>
internal sealed class TopicStreamAdapter(string name, IGrainFactory grains, TimeProvider time, Func<QueueId, IQueueAdapterReceiver> receive) : IQueueAdapter
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private readonly Delivery _delivery = new(new DeliveryOptions(), time);

    public string Name => name;

    public bool IsRewindable => true;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => receive(queueId);

    public async Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        if (token is not null)
        {
            throw new ArgumentException("A topic numbers its events itself: publish without a token.", nameof(token));
        }

        var topic = TopicStreamFactory.TopicOf(streamId);
        foreach (var one in events)
        {
            await PublishAsync(topic, one as Envelope ?? throw new ArgumentException(
                $"The streams of topics carry {typeof(Envelope)}, not {typeof(T)}: use Envelope.Create.", nameof(events)));
        }
    }

    private async Task PublishAsync(TopicId topic, Envelope published)
    {
        var now = time.GetUtcNow();
        // Whatever event of another topic it was before, it is none of this one yet.
        var envelope = published.To(topic.Agent).With(published.Extras is null ? null : published.Extras with { Position = null });
        if (envelope.Deadline == 0)
        {
            envelope.StampDeadline((now + Timeout).UtcTicks);
        }

        // One that has expired is refused by the gate.
        var left = envelope.ExpiresAt!.Value - now;
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero && left < Timeout ? left : Timeout, time);
        Reply reply;
        try
        {
            reply = await _delivery.SendAsync(
                grains.GetGrain<IAgentGrain>(GrainId.Create(topic.Agent.Kind, topic.Agent.Key)), envelope, deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new AgentTimeoutException(
                envelope.Id, RefusalCodes.Unreachable, $"{envelope.Recipient} did not answer {envelope.Contract} {envelope.Id} in time; the outcome is unknown.", e);
        }

        if (reply.Refusal is { } refusal)
        {
            throw reply.Outcome == Outcome.Failed ? new AgentFailedException(refusal) : new AgentRefusedException(refusal);
        }
    }
}
