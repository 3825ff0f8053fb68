using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Topics;

namespace OrleansAgents.Streams;

/// <summary>Makes the parts of the stream provider. There is a queue for each partition of the log, which is written, and so read, in one order.</summary>
internal sealed class TopicStreamFactory(string name, IServiceProvider services) : IQueueAdapterFactory, IQueueAdapterCache
{
    private readonly ITopicLog? _log = services.GetService<ITopicLog>();
    private readonly ConcurrentDictionary<QueueId, StreamProgress> _progress = new();

    /// <summary>The stream of a topic.</summary>
    public static StreamId StreamOf(TopicId topic) => StreamId.Create(TopicStream.Name, topic.Name);

    /// <exception cref="ArgumentException">It is the stream of no topic; the message says why.</exception>
    public static TopicId TopicOf(StreamId stream) =>
        stream.GetNamespace() != TopicStream.Name
            ? throw new ArgumentException($"{stream} is no stream of a topic: their namespace is '{TopicStream.Name}'.", nameof(stream))
            : TopicId.TryParse(stream.GetKeyAsString(), out var topic, out var fault) ? topic
            : throw new ArgumentException(fault, nameof(stream));

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(new TopicStreamAdapter(
        name, services.GetRequiredService<IGrainFactory>(), services.GetService<TimeProvider>() ?? TimeProvider.System, CreateReceiver));

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    public IStreamQueueMapper GetStreamQueueMapper() => new TopicQueueMapper(name, _log);

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(new StreamFailureLog(services.GetRequiredService<ILogger<StreamFailureLog>>()));

    public IQueueCache CreateQueueCache(QueueId queueId) => new TopicStreamCache(Log, ProgressOf(queueId));

    private TopicStreamReceiver CreateReceiver(QueueId queueId) => new(Log, TopicQueueMapper.PartitionOf(queueId), ProgressOf(queueId));

    private StreamProgress ProgressOf(QueueId queueId) => _progress.GetOrAdd(queueId, static _ => new StreamProgress());

    private ITopicLog Log => _log ?? throw new InvalidOperationException("This program has no topic log: only silos read it, behind a Use…Storage() on the silo builder.");
}
