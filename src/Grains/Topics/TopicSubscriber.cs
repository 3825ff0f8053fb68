using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansAgents.Topics;

/// <summary>One subscriber. It keeps its JSON, because a topic writes that of all whenever one of them comes, goes or moves.</summary>
[JsonConverter(typeof(TopicSubscriberConverter))]
internal sealed class TopicSubscriber(string agent)
{
    private readonly Dictionary<string, Dictionary<string, JsonElement>?> _filters = [];

    public string Agent { get; } = agent;

    /// <summary>
    /// What an event's payload must hold, by JSON pointer, or null for anything: for each pattern that the subscription
    /// comes from, and under the empty text for the topic itself. One that passes is enough.
    /// </summary>
    public IReadOnlyDictionary<string, Dictionary<string, JsonElement>?> Filters => _filters;

    /// <summary>The last event it handled, where it fell behind the others; null where it is with them.</summary>
    public long? Cursor
    {
        get;
        set
        {
            field = value;
            Json = null;
        }
    }

    /// <summary>Its JSON as of now; null before it was written.</summary>
    internal byte[]? Json { get; set; }

    /// <summary>Puts a filter, or null for none, in the place of the one that came from there before.</summary>
    public void SetFilter(string via, Dictionary<string, JsonElement>? filter)
    {
        _filters[via] = filter;
        Json = null;
    }

    /// <summary>Takes a filter away; false where there was none from there.</summary>
    public bool RemoveFilter(string via)
    {
        Json = null;
        return _filters.Remove(via);
    }
}

/// <summary>Writes a subscriber's JSON as it was written last, where it has not changed.</summary>
internal sealed class TopicSubscriberConverter : JsonConverter<TopicSubscriber>
{
    public override TopicSubscriber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var members = JsonSerializer.Deserialize<Members>(ref reader, options)!;
        var subscriber = new TopicSubscriber(members.Agent) { Cursor = members.Cursor };
        foreach (var (via, filter) in members.Filters)
        {
            subscriber.SetFilter(via, filter);
        }

        return subscriber;
    }

    public override void Write(Utf8JsonWriter writer, TopicSubscriber value, JsonSerializerOptions options)
    {
        value.Json ??= JsonSerializer.SerializeToUtf8Bytes(
            new Members { Agent = value.Agent, Filters = value.Filters, Cursor = value.Cursor }, options);
        writer.WriteRawValue(value.Json, skipInputValidation: true);
    }

    private sealed class Members
    {
        public required string Agent { get; set; }

        public IReadOnlyDictionary<string, Dictionary<string, JsonElement>?> Filters { get; set; } = new Dictionary<string, Dictionary<string, JsonElement>?>(StringComparer.Ordinal);

        public long? Cursor { get; set; }
    }
}
