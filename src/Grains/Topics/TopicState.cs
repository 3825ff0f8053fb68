namespace OrleansAgents.Topics;

/// <summary>What a topic keeps.</summary>
internal sealed class TopicState
{
    public List<TopicSubscriber> Subscribers { get; set; } = [];
}

/// <summary>One subscription.</summary>
internal sealed class TopicSubscriber
{
    public required string Agent { get; set; }

    /// <summary>What an event's payload must hold, by JSON pointer; null for anything.</summary>
    public Dictionary<string, System.Text.Json.JsonElement>? Filter { get; set; }

    /// <summary>The last event it handled, where it fell behind the others; null where it is with them.</summary>
    public long? Cursor { get; set; }
}
