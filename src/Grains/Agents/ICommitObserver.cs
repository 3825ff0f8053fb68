using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>Learns what became of commits.</summary>
internal interface ICommitObserver
{
    /// <summary>When the agent is to be woken after this commit, should it be gone by then.</summary>
    DateTimeOffset? WakeAt(CommitBatch batch);

    /// <summary>A turn succeeded and is about to be written with a batch: what it leaves to later turns, and answers of earlier ones.</summary>
    void Recording(AgentContext context, PendingTurn turn, CommitBatch batch);

    void Committed(CommitBatch batch);

    /// <summary>The batch's turns changed nothing, and nothing more can be recorded.</summary>
    void Lost(CommitBatch batch, Refusal fault);
}
