namespace OrleansAgents.Patterns;

/// <summary>What a desk keeps.</summary>
internal sealed class DeskState : IPatternState
{
    public int Round { get; set; }

    /// <summary>Who opened it; null where nobody did.</summary>
    public string? Opener { get; set; }

    public string Owner { get; set; } = "";

    /// <summary>Who owned it before the owner took it; null for nobody.</summary>
    public string? Before { get; set; }

    /// <summary>Who owned it, oldest first; the last of many.</summary>
    public List<DeskOwner> Owners { get; set; } = [];

    /// <summary>What the owner is to be told before it gets any message; null once it was.</summary>
    public DeskHanded? Note { get; set; }

    /// <summary>The message that tells it.</summary>
    public Guid NoteId { get; set; }

    /// <summary>Whole messages as JSON, oldest first. The first stays here until the owner has handled it.</summary>
    public List<string> Waiting { get; set; } = [];

    /// <summary>Whom it goes to once the owner has handled what it has got; null for nobody else.</summary>
    public DeskHandOff? HandOff { get; set; }

    public long Given { get; set; }

    public bool IsClosed { get; set; }

    /// <summary>Whether the owner has got something, or is to get it again, that it has not handled yet.</summary>
    public bool IsGiving { get; set; }

    public int Tries { get; set; }

    public DateTimeOffset Since { get; set; }

    public Guid Question { get; set; }
}
