namespace OrleansAgents.Agents;

/// <summary>How a question is asked that nobody waits for. All that is null has its default.</summary>
public sealed record QuestionOptions
{
    /// <summary>How long the answers may take, from the turn's commit on. Null for <see cref="AgentOptions.AskTimeout"/>. Must be positive.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>
    /// How many agents must answer; the others are then told to stop, and theirs count as cancelled. When so many cannot
    /// answer any more, because others refused or failed, the question ends at once. Null for all, of which none ends it
    /// early. Must be 1 or more.
    /// </summary>
    public int? Enough { get; init; }

    /// <summary>Any text, to know the answers by; null for none.</summary>
    public string? Tag { get; init; }
}
