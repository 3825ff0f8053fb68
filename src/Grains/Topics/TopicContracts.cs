using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>Subscribes an agent to the topic that it is sent to. Doing it twice is harmless.</summary>
/// <param name="Agent">The subscriber's address.</param>
/// <param name="Filter">What an event's payload must hold: values by JSON pointer (RFC 6901). Null for every event.</param>
[Contract("topic.subscribe")]
public sealed record TopicSubscribe(string Agent, IReadOnlyDictionary<string, System.Text.Json.JsonElement>? Filter = null) : IRequest<TopicSubscribers>;

/// <summary>Ends an agent's subscription. Doing it twice is harmless.</summary>
/// <param name="Agent">The subscriber's address.</param>
[Contract("topic.unsubscribe")]
public sealed record TopicUnsubscribe(string Agent) : IRequest<TopicSubscribers>;

/// <summary>Reads a topic's subscribers.</summary>
[Contract("topic.subscribers")]
public sealed record TopicReadSubscribers : IQuery<TopicSubscribers>;

/// <summary>The subscribers of a topic.</summary>
/// <param name="Agents">Their addresses, in the order they came.</param>
public sealed record TopicSubscribers(IReadOnlyList<string> Agents);
