using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Streams;
using OrleansAgents.Streams;
using OrleansAgents.Topics;

namespace OrleansAgents.Hosting;

/// <summary>
/// Makes the topics readable, and publishable to, as Orleans streams: provider and namespace are <see cref="TopicStream.Name"/>,
/// the key is the topic's name, the items are <see cref="Messaging.Envelope"/>, and a token is an event's position.
/// </summary>
public static class TopicStreams
{
    // Nothing happens at this pace while nothing is published: a read waits for its events.
    private static readonly TimeSpan PauseBetweenReads = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Serves the streams of the topics. A <c>Use…Storage()</c> calls it; call it yourself for an <see cref="ITopicLog"/> of your
    /// own. Grains with <c>[ImplicitStreamSubscription("topics")]</c> read them, and nothing more is stored. For others, and
    /// for programs outside, set <see cref="StreamPubSubOptions.PubSubType"/> of <see cref="TopicStream.Name"/> to
    /// <see cref="StreamPubSubType.ExplicitGrainBasedAndImplicit"/> and add a grain storage named <c>PubSubStore</c>.
    /// </summary>
    public static ISiloBuilder AddTopicStreams(this ISiloBuilder silo)
    {
        if (IsAdded(silo.Services))
        {
            return silo;
        }

        return silo.AddPersistentStreams(TopicStream.Name, Create, streams =>
        {
            streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
            streams.ConfigurePullingAgent(agent => agent.Configure(options => options.GetQueueMsgsTimerPeriod = PauseBetweenReads));
        });
    }

    /// <summary>
    /// Lets a program outside the silos publish to the streams of the topics and, where the silos allow explicit subscriptions,
    /// subscribe to them. To read a topic from any position without more ado, use <see cref="ITopicGrain"/>.
    /// </summary>
    public static IClientBuilder AddTopicStreams(this IClientBuilder client) =>
        IsAdded(client.Services) ? client : client.AddPersistentStreams(TopicStream.Name, Create, configureStream: null);

    private static bool IsAdded(IServiceCollection services) =>
        services.Any(s => s.ServiceType == typeof(IQueueAdapterFactory) && Equals(s.ServiceKey, TopicStream.Name));

    private static TopicStreamFactory Create(IServiceProvider services, string name) => new(name, services);
}
