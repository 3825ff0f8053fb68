using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// Tells an agent that nobody waits any more for an answer that it left to a later turn: the asker cancelled, or its
/// deadline passed. What was being done for it may be stopped. It comes from the agent itself; an agent that uses
/// <see cref="AgentContext.AnswerLater"/> handles it.
/// </summary>
/// <param name="Message">The message that was to be answered. Nothing happens where it is answered already.</param>
/// <param name="Code"><see cref="RefusalCodes.Cancelled"/> or <see cref="RefusalCodes.DeadlineExceeded"/>.</param>
[Contract(ContractName)]
public sealed record AskOver(Guid Message, string Code)
{
    /// <summary>The contract's name.</summary>
    public const string ContractName = "agent.ask-over";
}
