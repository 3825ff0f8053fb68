using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Streams;

/// <summary>Appends to the Orleans stream of the topic; the stream's provider is the log.</summary>
internal sealed class StreamTopicLog(IServiceProvider services) : ITopicLog
{
    private readonly IStreamProvider _streams = services.GetRequiredKeyedService<IStreamProvider>(TopicStream.Name);

    public async ValueTask AppendAsync(TopicId topic, Envelope envelope, CancellationToken cancellationToken) =>
        await _streams.GetStream<Envelope>(StreamId.Create(TopicStream.Name, topic.Name)).OnNextAsync(envelope);
}
