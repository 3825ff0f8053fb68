namespace OrleansAgents.Patterns;

/// <summary>What a group keeps.</summary>
internal sealed class GroupState : IPatternState
{
    public int Round { get; set; }

    /// <summary>What it was started with; null where it never was.</summary>
    public GroupStart? Start { get; set; }

    public string? Starter { get; set; }

    public GroupEnd Reason { get; set; }

    public DateTimeOffset Until { get; set; }

    public List<GroupEntry> Transcript { get; set; } = [];

    public int Bytes { get; set; }

    /// <summary>Who speaks, or spoke last; null for nobody yet.</summary>
    public string? Speaker { get; set; }

    /// <summary>How many in a row said nothing.</summary>
    public int Silent { get; set; }

    /// <summary>How often in a row the moderator was of no use.</summary>
    public int Useless { get; set; }

    /// <summary>Whether the moderator is asked, and not a member.</summary>
    public bool IsModeratorAsked { get; set; }

    public Guid Question { get; set; }
}
