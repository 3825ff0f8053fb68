using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansAgents.A2A;

/// <summary>What an operation answers: one result, or a stream of events. Exactly one is null.</summary>
/// <param name="Result">Writes the result.</param>
/// <param name="Events">The events, each with the place that a reader comes back with.</param>
internal sealed record A2AAnswer(Action<Utf8JsonWriter>? Result, IAsyncEnumerable<(long Id, StreamResponse Event)>? Events = null)
{
    /// <summary>What is answered where there is nothing to say.</summary>
    public static A2AAnswer Nothing { get; } = new(static json =>
    {
        json.WriteStartObject();
        json.WriteEndObject();
    });

    public static A2AAnswer Of<T>(T value, JsonTypeInfo<T> type) => new(json => JsonSerializer.Serialize(json, value, type));

    public static A2AAnswer Of(AgentTask task) => Of(task, A2AJson.Default.AgentTask);
}
