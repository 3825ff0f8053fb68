namespace OrleansAgents.Testing.Faults;

/// <summary>What can go wrong.</summary>
public enum FaultKind
{
    /// <summary>The message does not arrive; the sender gets a <see cref="TimeoutException"/> at once, as for a lost call.</summary>
    DropRequest,
    /// <summary>The message is handled, and its answer does not arrive; the sender gets a <see cref="TimeoutException"/>.</summary>
    DropReply,
    /// <summary>The message arrives later.</summary>
    Delay,
    /// <summary>A second copy of the message, with the same id, is sent beside it.</summary>
    Duplicate,
    /// <summary>The message arrives behind the next one of its link.</summary>
    Reorder,
    /// <summary>The commit fails and is not written.</summary>
    FailBeforeCommit,
    /// <summary>The commit is written and fails all the same: its writer cannot know.</summary>
    FailAfterCommit,
    /// <summary>The commit is written later.</summary>
    DelayCommit,
    /// <summary>The agent crashes behind the message, once that is answered.</summary>
    Restart,
}

/// <summary>A fault that a plan injected.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Subject">Where: a link, such as <c>client/a -> pricer/eu</c>, or an agent.</param>
/// <param name="Number">The message's number on the link, or the commit's at the agent; the first is 1.</param>
/// <param name="Try">How often the message was sent: 1 for its first try.</param>
/// <param name="Time">How long it held the message or the commit up; zero where it does not.</param>
public sealed record InjectedFault(FaultKind Kind, string Subject, int Number, int Try, TimeSpan Time)
{
    /// <summary>One line.</summary>
    public override string ToString() =>
        $"{Kind} {Subject} #{Number}" + (Try > 1 ? $" try {Try}" : "") + (Time > TimeSpan.Zero ? $" {Time.TotalMilliseconds:0.#} ms" : "");
}
