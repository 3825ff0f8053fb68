using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>Reads a topic from outside a turn. Served by the agent of the topic.</summary>
[Alias("agents.ITopicGrain")]
public interface ITopicGrain : IGrainWithStringKey
{
    /// <summary>
    /// The events from a place on, without end. The request passes the gate as every message does; where that refuses it,
    /// its refusal is all that comes. Throws when the silo that serves it goes.
    /// </summary>
    /// <param name="request">A message of the contract <c>topic.read</c> to the topic's agent.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    [Alias("ReadFrom")]
    IAsyncEnumerable<TopicReading> ReadAsync(Envelope request, CancellationToken cancellationToken);
}

/// <summary>What reading a topic brings.</summary>
/// <param name="Event">An event; null where it may not be read.</param>
/// <param name="Answer">Why it may not be read, and then nothing more comes; accepted beside an event.</param>
[GenerateSerializer, Immutable, Alias("agents.TopicReading")]
public sealed record TopicReading([property: Id(0)] TopicEvent? Event, [property: Id(1)] Reply Answer);

/// <summary>Asks for the events of the topic that it is sent to, as a stream; for those from now on where it says nothing.</summary>
/// <param name="After">The position of the last event that is not wanted, 0 for the oldest event kept; null for another way to begin.</param>
/// <param name="At">The time of the first event that is wanted; null for another way to begin.</param>
[Contract("topic.read")]
internal sealed record TopicRead(long? After = null, DateTimeOffset? At = null) : IQuery<TopicEvent>;

/// <summary>Where reading a topic begins.</summary>
public sealed record TopicStart
{
    private TopicStart(long? after, DateTimeOffset? at) => (Position, Time) = (after, at);

    /// <summary>With the next event.</summary>
    public static TopicStart Now { get; } = new(after: null, at: null);

    /// <summary>With the oldest event that is kept.</summary>
    public static TopicStart Beginning { get; } = new(after: 0, at: null);

    /// <summary>The position of the last event that is not wanted; null for another way to begin.</summary>
    public long? Position { get; }

    /// <summary>The time of the first event that is wanted; null for another way to begin.</summary>
    public DateTimeOffset? Time { get; }

    /// <summary>Behind an event that was read before.</summary>
    public static TopicStart After(long position) => new(position, at: null);

    /// <summary>With the first event that was published at a time or later.</summary>
    public static TopicStart At(DateTimeOffset time) => new(after: null, time);
}
