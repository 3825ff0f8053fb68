using System.Collections.Frozen;
using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Topics;

/// <summary>The contracts of topics themselves.</summary>
internal static class TopicContracts
{
    public const string Prefix = "topic.";

    private static readonly FrozenDictionary<string, AccessAction> Actions = new Dictionary<string, AccessAction>(StringComparer.Ordinal)
    {
        [Contract.Of<TopicSubscribe>().Name] = AccessAction.Subscribe,
        [Contract.Of<TopicUnsubscribe>().Name] = AccessAction.Subscribe,
        [Contract.Of<TopicReadSubscribers>().Name] = AccessAction.Subscribe,
        [Contract.Of<TopicRead>().Name] = AccessAction.Subscribe,
        [Contract.Of<TopicSubscribePattern>().Name] = AccessAction.SubscribePattern,
        [Contract.Of<TopicUnsubscribePattern>().Name] = AccessAction.SubscribePattern,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a contract is the platform's own; an event's is never.</summary>
    public static bool IsReserved(Contract contract) => contract.Name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What a message of a contract does to the topic that it is sent to.</summary>
    public static AccessAction ActionOf(Contract contract) =>
        Actions.TryGetValue(contract.Name, out var action) ? action : IsReserved(contract) ? AccessAction.Send : AccessAction.Publish;
}

/// <summary>Subscribes an agent to the topic that it is sent to. Doing it twice is harmless.</summary>
/// <param name="Agent">The subscriber's address.</param>
/// <param name="Filter">What an event's payload must hold: values by JSON pointer (RFC 6901). Null for every event.</param>
/// <param name="After">Behind which position a new subscription begins, 0 for the oldest event kept; null for the next event.</param>
/// <param name="Via">The pattern that it comes from; empty where somebody subscribes to the topic itself.</param>
[Contract("topic.subscribe")]
public sealed record TopicSubscribe(
    string Agent, IReadOnlyDictionary<string, JsonElement>? Filter = null, long? After = null, string Via = "")
    : IRequest<TopicSubscribers>;

/// <summary>Ends an agent's subscription. Doing it twice is harmless.</summary>
/// <param name="Agent">The subscriber's address.</param>
/// <param name="Via">The pattern that it came from; empty for a subscription to the topic itself.</param>
[Contract("topic.unsubscribe")]
public sealed record TopicUnsubscribe(string Agent, string Via = "") : IRequest<TopicSubscribers>;

/// <summary>
/// Subscribes an agent to every topic, also future ones, that a pattern names. It is sent to the topic above them, which
/// keeps it: <c>orders/*</c> and <c>orders/**</c> to <c>orders</c>.
/// </summary>
/// <param name="Agent">The subscriber's address.</param>
/// <param name="Pattern">The pattern, as <see cref="TopicPattern"/> has it.</param>
/// <param name="Filter">As in <see cref="TopicSubscribe"/>.</param>
[Contract("topic.subscribe-pattern")]
public sealed record TopicSubscribePattern(string Agent, string Pattern, IReadOnlyDictionary<string, JsonElement>? Filter = null)
    : IRequest<TopicSubscribers>;

/// <summary>Ends a subscription to a pattern. Doing it twice is harmless.</summary>
/// <param name="Agent">The subscriber's address.</param>
/// <param name="Pattern">The pattern.</param>
[Contract("topic.unsubscribe-pattern")]
public sealed record TopicUnsubscribePattern(string Agent, string Pattern) : IRequest<TopicSubscribers>;

/// <summary>Tells the topics above that a topic has its first event or subscriber.</summary>
/// <param name="Topic">The new topic.</param>
[Contract("topic.appeared")]
public sealed record TopicAppeared(string Topic);

/// <summary>Reads a topic's subscribers.</summary>
[Contract("topic.subscribers")]
public sealed record TopicReadSubscribers : IQuery<TopicSubscribers>;

/// <summary>The subscribers of a topic.</summary>
/// <param name="Agents">Their addresses, in the order they came.</param>
public sealed record TopicSubscribers(IReadOnlyList<string> Agents);
