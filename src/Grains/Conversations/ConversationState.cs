namespace OrleansAgents.Conversations;

/// <summary>
/// What is known of a conversation besides its notes, which are messages that the store keeps each by itself: of one size,
/// however much is said.
/// </summary>
internal sealed class ConversationState
{
    /// <summary>The first note's id; null while nothing was said.</summary>
    public Guid? Begin { get; set; }

    public string Conversation { get; set; } = "";

    /// <summary>When the earliest turn began, as the list was told.</summary>
    public DateTimeOffset Started { get; set; }

    /// <summary>When the last note arrived.</summary>
    public DateTimeOffset Last { get; set; }

    /// <summary>The sequence of the last note.</summary>
    public long Sequence { get; set; }

    public long Kept { get; set; }

    public long Bytes { get; set; }

    public long Missing { get; set; }

    /// <summary>The scheduled message that looks whether it is time to forget.</summary>
    public Guid? Forget { get; set; }

    public void Clear() => (Begin, Conversation, Started, Last, Sequence, Kept, Bytes, Missing, Forget) = (null, "", default, default, 0, 0, 0, 0, null);
}
