using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Topics;

namespace OrleansAgents.Streams;

/// <summary>
/// Which queue a topic's stream is in: that of its partition. The queues stand evenly on the ring of silos, which share
/// them out among themselves and take over those of a silo that goes.
/// </summary>
internal sealed class TopicQueueMapper : IConsistentRingStreamQueueMapper
{
    private readonly ITopicLog? _log;
    private readonly QueueId[] _queues;

    /// <param name="name">The stream provider's name.</param>
    /// <param name="log">Null in a program outside the silos, which only publishes.</param>
    public TopicQueueMapper(string name, ITopicLog? log)
    {
        _log = log;
        var count = log?.Partitions ?? 1;
        var step = uint.MaxValue / (uint)count;
        _queues = [.. Enumerable.Range(0, count).Select(i => QueueId.GetQueueId(name, (uint)i, (uint)i * step))];
    }

    public static int PartitionOf(QueueId queue) => (int)queue.GetNumericId();

    public IEnumerable<QueueId> GetAllQueues() => _queues;

    public QueueId GetQueueForStream(StreamId streamId) => _queues[_log?.PartitionOf(TopicStreamFactory.TopicOf(streamId)) ?? 0];

    public IEnumerable<QueueId> GetQueuesForRange(IRingRange range) => _queues.Where(queue => range.InRange(queue.GetUniformHashCode()));
}
