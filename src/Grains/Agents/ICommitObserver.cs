using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>Learns what became of commits.</summary>
internal interface ICommitObserver
{
    /// <summary>When the agent is to be woken after this commit, should it be gone by then.</summary>
    DateTimeOffset? WakeAt(CommitBatch batch);

    void Committed(CommitBatch batch);

    /// <summary>The batch's turns changed nothing, and nothing more can be recorded.</summary>
    void Lost(CommitBatch batch, Refusal fault);
}
