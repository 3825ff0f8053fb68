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

/// <summary>One subscriber to the topics that a pattern names.</summary>
internal sealed class PatternSubscriber
{
    public required string Agent { get; set; }

    public required string Pattern { get; set; }

    public Dictionary<string, JsonElement>? Filter { get; set; }
}
