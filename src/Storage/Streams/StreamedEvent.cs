using Orleans.Concurrency;
using Orleans.Providers.Streams.Common;
using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Streams;

/// <summary>One event on its way through the stream of its topic. Its token is its position in the topic.</summary>
[GenerateSerializer, Immutable, Alias("agents.StreamedEvent")]
internal sealed class StreamedEvent : IBatchContainer
{
    public StreamedEvent(StreamId stream, long position, Envelope envelope)
    {
        StreamId = stream;
        Position = position;
        Envelope = envelope;
        SequenceToken = new EventSequenceTokenV2(position);
    }

    [Id(0)]
    public StreamId StreamId { get; }

    [Id(1)]
    public long Position { get; }

    [Id(2)]
    public Envelope Envelope { get; }

    [Id(3)]
    public StreamSequenceToken SequenceToken { get; }

    /// <summary>Where it stands in its partition; 0 where that is not known.</summary>
    [Id(4)]
    public long Place { get; private init; }

    public static StreamedEvent Of(StreamId stream, TopicEvent one, long place = 0) => new(stream, one.Position, one.Envelope) { Place = place };

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() =>
        Envelope is T item ? [Tuple.Create(item, SequenceToken)] : [];

    public bool ImportRequestContext() => false;
}
