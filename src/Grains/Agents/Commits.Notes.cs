namespace OrleansAgents.Agents;

/// <content>What is noted beside the turns.</content>
internal sealed partial class Commits
{
    /// <summary>Has a note stored under the id of a message that is passed on; the turn given ends when it is.</summary>
    public PendingTurn Note(PendingTurn turn, byte[] note)
    {
        (_gathering ??= new CommitBatch()).Note(turn, note, host.Time.GetUtcNow());
        Write();
        return turn;
    }
}
