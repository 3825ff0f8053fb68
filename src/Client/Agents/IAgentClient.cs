using OrleansAgents.Messaging;
using OrleansAgents.Runs;
using OrleansAgents.Topics;

namespace OrleansAgents.Agents;

/// <summary>
/// Talks to agents from outside them: from a silo's own process, from a program with an Orleans client, or from a test.
/// Thread-safe; get it from the services after <c>AddAgentClient()</c>.
/// </summary>
public interface IAgentClient
{
    /// <summary>
    /// A handle on one agent. Making one is cheap and calls nobody; keep it where many messages go to one agent.
    /// </summary>
    /// <exception cref="FormatException">The text converted to <paramref name="agent"/> is no address.</exception>
    AgentHandle Agent(AgentId agent);

    /// <summary>A handle on one topic. Making one is cheap and calls nobody.</summary>
    TopicHandle Topic(TopicId topic);

    /// <summary>
    /// Sends a message exactly as it is, to its recipient, and tells what became of it. The answer, where there is one,
    /// stays JSON. For tools and gateways; never throws for a refusal or a failure.
    /// </summary>
    /// <exception cref="AgentTimeoutException">No answer came in time; the outcome is unknown.</exception>
    ValueTask<Reply> SendAsync(Envelope envelope, SendOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>The kinds that the cluster hosts, with their contracts.</summary>
    IReadOnlyList<KindDescription> Kinds { get; }

    /// <summary>The address that the client sends from.</summary>
    AgentId Sender { get; }

    /// <summary>A handle on a run. Making one calls nobody.</summary>
    /// <param name="run">The run's id.</param>
    /// <exception cref="FormatException"><paramref name="run"/> cannot be the key of an address.</exception>
    RunHandle Run(string run);

    /// <summary>
    /// The same client under another address: what it and its handles send, publish and read comes from
    /// <paramref name="sender"/>, and access rules go by that. For gateways that know who their callers are. Making one is
    /// cheap and calls nobody. Where messages must be signed, the program needs a key of that address.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="sender"/> is <c>default</c>, which addresses nobody.</exception>
    IAgentClient As(AgentId sender);
}

/// <summary>How one message is sent. All that is null is taken from <see cref="AgentClientOptions"/>.</summary>
public sealed record SendOptions
{
    /// <summary>
    /// How long the caller waits, repeats included. The agent is told: it stops work whose time is over. Must be
    /// positive.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The message's id, for a repeat of an earlier one; null for a new id.</summary>
    public MessageId? Id { get; init; }

    /// <summary>The conversation it belongs to; null for none.</summary>
    public string? ConversationId { get; init; }

    /// <summary>Small extra fields; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}

/// <summary>Settings of the client.</summary>
public sealed class AgentClientOptions
{
    /// <summary>The address that the client sends from. <c>client/</c> and the process's name unless told.</summary>
    public AgentId Sender { get; set; } = AgentId.TryParse("client/" + Environment.ProcessPath?.Split('/', '\\')[^1], null, out var id, out _) ? id : new("client", "program");

    /// <summary>How long an ask or a tell waits. 30 seconds unless told.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How failed deliveries are repeated.</summary>
    public DeliveryOptions Delivery { get; } = new();

    /// <summary>How large a message may be.</summary>
    public MessageLimits Limits { get; } = new();
}
