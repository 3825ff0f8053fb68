using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>
/// Reads the events of topics. They are appended by the topic's agent within its commits
/// (<see cref="Agents.AgentCommit.Events"/>), so the store of the agents is also the log.
/// </summary>
public interface ITopicLog
{
    /// <summary>How many partitions the topics are spread over: 1 or more, and always the same for one log.</summary>
    int Partitions { get; }

    /// <summary>The partition that a topic is in, counting from 0.</summary>
    int PartitionOf(TopicId topic);

    /// <summary>
    /// The events behind a position, oldest first, <paramref name="limit"/> at most; none when there is nothing yet. Where
    /// retention has removed the next ones it goes on with the oldest kept.
    /// </summary>
    /// <exception cref="Agents.AgentStoreException">The log cannot be read.</exception>
    ValueTask<IReadOnlyList<TopicEvent>> ReadAsync(TopicId topic, long after, int limit, CancellationToken cancellationToken);

    /// <summary>The position behind which the events at or after a time stand.</summary>
    /// <exception cref="Agents.AgentStoreException">The log cannot be read.</exception>
    ValueTask<long> FindAsync(TopicId topic, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// The events of all topics of a partition behind a place in the order they were written, <paramref name="limit"/> at
    /// most. Waits until there is one.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="after">The place of the last one read; null to begin with what is written from now on.</param>
    /// <param name="limit">At most that many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Agents.AgentStoreException">The log cannot be read.</exception>
    ValueTask<IReadOnlyList<LoggedEvent>> ReadAllAsync(int partition, long? after, int limit, CancellationToken cancellationToken);

    /// <summary>The last place saved for a partition; 0, which is before every event, when none was.</summary>
    /// <exception cref="Agents.AgentStoreException">The log cannot be read.</exception>
    ValueTask<long> LoadCheckpointAsync(int partition, CancellationToken cancellationToken);

    /// <summary>
    /// Saves the place up to which the events of a partition have been passed on. A place before the saved one changes
    /// nothing, so of two silos that read one partition for a moment the slower takes nothing back.
    /// </summary>
    /// <exception cref="Agents.AgentStoreException">The log cannot be written.</exception>
    ValueTask SaveCheckpointAsync(int partition, long place, CancellationToken cancellationToken);
}

/// <summary>An event in a topic's log.</summary>
/// <param name="Position">Its place in the topic, counting from 1 without gaps.</param>
/// <param name="At">When it was appended.</param>
/// <param name="Envelope">The message as it was published.</param>
[GenerateSerializer, Immutable, Alias("agents.TopicEvent")]
public sealed record TopicEvent([property: Id(0)] long Position, [property: Id(1)] DateTimeOffset At, [property: Id(2)] Envelope Envelope);

/// <summary>An event among those of all topics of a partition.</summary>
/// <param name="Place">Where it stands in the partition's order of writing; ascending, with gaps.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Event">The event.</param>
public sealed record LoggedEvent(long Place, TopicId Topic, TopicEvent Event);

/// <summary>The last event of a topic that an agent handled.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Position">The event's position.</param>
public sealed record TopicPosition(TopicId Topic, long Position);

/// <summary>How long a topic's events are kept. The oldest go when either limit is passed.</summary>
public sealed class TopicRetention
{
    /// <summary>For how long. 7 days unless told.</summary>
    public TimeSpan Age { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many bytes of events each topic keeps. 1 GiB unless told.</summary>
    public long Bytes { get; set; } = 1L << 30;
}

/// <summary>The Orleans stream that carries topics. Its namespace and its provider have the same name.</summary>
public static class TopicStream
{
    /// <summary>The stream provider's name and the streams' namespace.</summary>
    public const string Name = "topics";
}
