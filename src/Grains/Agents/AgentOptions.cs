using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>Settings of the agents in a silo.</summary>
public sealed class AgentOptions
{
    /// <summary>How large a message may be.</summary>
    public MessageLimits Limits { get; } = new();

    /// <summary>How outgoing messages are repeated.</summary>
    public DeliveryOptions Delivery { get; } = new();

    /// <summary>How many messages may wait at one agent; more are refused as busy. 10,000 unless told.</summary>
    public int QueueLength { get; set; } = 10_000;

    /// <summary>How many handled messages a volatile agent remembers. 256 unless told.</summary>
    public int VolatileWindow { get; set; } = 256;

    /// <summary>How many handled messages a durable agent remembers. 10,000 unless told.</summary>
    public int DurableWindow { get; set; } = 10_000;

    /// <summary>How long a durable agent remembers a handled message. 10 minutes unless told.</summary>
    public TimeSpan WindowAge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an ask from within a turn waits at most; the deadline of the turn's own message may end it earlier. 30 seconds unless told.</summary>
    public TimeSpan AskTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping agent goes on sending what its turns recorded. 5 seconds unless told.</summary>
    public TimeSpan StopPatience { get; set; } = TimeSpan.FromSeconds(5);
}
