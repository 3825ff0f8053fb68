using Orleans.Concurrency;
using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>Events of one topic on their way to a subscriber, oldest first; all subscribers in one process share it.</summary>
[GenerateSerializer, Immutable, Alias("agents.EventBatch")]
public sealed class EventBatch
{
    /// <summary>Takes events that stay as they are.</summary>
    public EventBatch(Envelope[] events) => Events = events;

    /// <summary>The events, each with its position in <see cref="EnvelopeExtras.Position"/>.</summary>
    [Id(0)]
    public Envelope[] Events { get; }
}

/// <summary>How far a subscriber came with a batch.</summary>
[GenerateSerializer, Immutable, Alias("agents.EventsReply")]
public readonly struct EventsReply
{
    /// <summary>Takes how many events were handled, and why the next was not.</summary>
    public EventsReply(int handled, Reply stop) => (Handled, Stop) = (handled, stop);

    /// <summary>How many of the events, from the first, are handled.</summary>
    [Id(0)]
    public int Handled { get; }

    /// <summary>The answer to the first event that was not handled; without meaning when all were.</summary>
    [Id(1)]
    public Reply Stop { get; }
}
