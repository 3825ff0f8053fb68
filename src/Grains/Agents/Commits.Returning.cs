namespace OrleansAgents.Agents;

/// <content>How an agent is taken back to what it was.</content>
internal sealed partial class Commits
{
    public byte[] Snapshot() => agent.WriteState();

    public void Restore(byte[] snapshot) => agent.ReadState(snapshot);

    /// <summary>Takes the agent back to the state of its last turn that succeeded.</summary>
    public void RollBack()
    {
        if (agent.IsStateTouched)
        {
            agent.ReadState(_state);
            agent.IsStateTouched = false;
        }
    }
}
