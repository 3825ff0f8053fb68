using System.Text.Json;

namespace OrleansAgents.Topics;

/// <summary>What a topic keeps.</summary>
internal sealed class TopicState
{
    public List<TopicSubscriber> Subscribers { get; set; } = [];

    /// <summary>Who subscribed to topics below this one.</summary>
    public List<PatternSubscriber> Patterns { get; set; } = [];

    /// <summary>The topics below this one, at any depth.</summary>
    public List<string> Below { get; set; } = [];

    /// <summary>Whether the topics above know of this one.</summary>
    public bool IsAnnounced { get; set; }
}

/// <summary>One subscriber.</summary>
internal sealed class TopicSubscriber
{
    public required string Agent { get; set; }

    /// <summary>
    /// What an event's payload must hold, by JSON pointer, or null for anything: for each pattern that the subscription
    /// comes from, and under the empty text for the topic itself. One that passes is enough.
    /// </summary>
    public Dictionary<string, Dictionary<string, JsonElement>?> Filters { get; set; } = [];

    /// <summary>The last event it handled, where it fell behind the others; null where it is with them.</summary>
    public long? Cursor { get; set; }
}

/// <summary>One subscriber to the topics that a pattern names.</summary>
internal sealed class PatternSubscriber
{
    public required string Agent { get; set; }

    public required string Pattern { get; set; }

    public Dictionary<string, JsonElement>? Filter { get; set; }
}
