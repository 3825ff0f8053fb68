using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>Where a topic's events are appended before they are acknowledged, and from where its agent reads them.</summary>
public interface ITopicLog
{
    /// <summary>Appends an event. When the task ends the log has it.</summary>
    ValueTask AppendAsync(TopicId topic, Envelope envelope, CancellationToken cancellationToken);
}

/// <summary>The Orleans stream that carries topics. Its namespace and its provider have the same name.</summary>
public static class TopicStream
{
    /// <summary>The stream provider's name and the streams' namespace.</summary>
    public const string Name = "topics";
}

/// <summary>Reads a topic from outside a turn. Served by the agent of the topic.</summary>
[Alias("agents.ITopicGrain")]
public interface ITopicGrain : IGrainWithStringKey
{
    /// <summary>The events from now on. Ends with an exception when the silo that serves it goes.</summary>
    [Alias("Read")]
    IAsyncEnumerable<Envelope> ReadAsync(CancellationToken cancellationToken);
}
