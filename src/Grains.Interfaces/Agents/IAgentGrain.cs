using Orleans.Concurrency;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Agents;

/// <summary>
/// The one grain interface of all agents. Every call may interleave: the agent keeps its own queue and runs one handler
/// at a time from it. Use the client or the context of a turn rather than this interface.
/// </summary>
[Alias("agents.IAgentGrain")]
public interface IAgentGrain : IGrainWithStringKey
{
    /// <summary>Takes a message through the gate and, if it may, into a turn. Refusals and failures are answers, not exceptions.</summary>
    [AlwaysInterleave, Alias("Deliver")]
    ValueTask<Reply> DeliverAsync(Envelope envelope);

    /// <summary>
    /// Takes events of a topic, one after the other, as if each were delivered to this agent; stops at the first that is
    /// not handled. Events that the agent handled before are passed over.
    /// </summary>
    [AlwaysInterleave, Alias("DeliverEvents")]
    ValueTask<EventsReply> DeliverEventsAsync(EventBatch batch);

    /// <summary>
    /// Stops the agent: no new turns, the running one finishes, its effects are stored, and only then the answer. The
    /// next message starts the agent anew.
    /// </summary>
    [AlwaysInterleave, Alias("Stop")]
    ValueTask StopAsync();

    /// <summary>Cancels a message that waits or runs. Does nothing when it is neither.</summary>
    [AlwaysInterleave, Alias("Cancel")]
    ValueTask CancelAsync(Guid messageId);

    /// <summary>Makes the agent go on with what it has to do: messages that a crash left, or whose time has come.</summary>
    [AlwaysInterleave, Alias("Wake")]
    ValueTask WakeAsync();
}
