using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Agents;

/// <summary>A piece of work that an agent does beside its turns.</summary>
public sealed class WorkContext
{
    internal WorkContext(MessageId id, AgentId self, int attempt, RunWriter? run, string? conversation) =>
        (Id, Self, Attempt, Run, ConversationId) = (id, self, attempt, run, conversation);

    /// <summary>The work's id, the same each time it is done again.</summary>
    public MessageId Id { get; }

    /// <summary>The agent.</summary>
    public AgentId Self { get; }

    /// <summary>How often this activation has begun it: 1 the first time.</summary>
    public int Attempt { get; }

    /// <summary>Where it reports what comes of it on the way; null where it is for no run.</summary>
    public RunWriter? Run { get; }

    /// <summary>The conversation of the turn that began it; null for none.</summary>
    public string? ConversationId { get; }
}

/// <summary>Tells an agent that a piece of its work failed for good. It comes from the agent itself.</summary>
/// <param name="Work">The work's id.</param>
/// <param name="Type">The contract of what was to be done.</param>
/// <param name="Code">Why: that of an <see cref="AgentRefusedException"/>, or <see cref="RefusalCodes.HandlerFailed"/>.</param>
/// <param name="Reason">The sentence to the code. Of any other exception only that there was one; the log has it.</param>
[Contract("agent.work-failed")]
public sealed record WorkFailed(Guid Work, string Type, string Code, string Reason);
