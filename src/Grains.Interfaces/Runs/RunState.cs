namespace OrleansAgents.Runs;

/// <summary>Where a run stands. The last four are final: nothing leaves them.</summary>
public enum RunState
{
    /// <summary>It is stored, and its agent has not taken it yet.</summary>
    Submitted,

    /// <summary>Its agent works on it.</summary>
    Working,

    /// <summary>Its agent waits for its owner to say something.</summary>
    InputRequired,

    /// <summary>Its agent waits for its owner to show or grant a right.</summary>
    AuthRequired,

    /// <summary>It is done.</summary>
    Completed,

    /// <summary>It could not be done, or its time was over.</summary>
    Failed,

    /// <summary>Its owner cancelled it.</summary>
    Cancelled,

    /// <summary>Its agent, or the gate before it, would not have it; nothing was done.</summary>
    Rejected,
}

/// <summary>What can be said of states.</summary>
public static class RunStates
{
    /// <summary>Whether nothing more happens to the run.</summary>
    public static bool IsFinal(this RunState state) => state >= RunState.Completed;

    /// <summary>Whether the run waits for its owner.</summary>
    public static bool IsInterrupted(this RunState state) => state is RunState.InputRequired or RunState.AuthRequired;
}
