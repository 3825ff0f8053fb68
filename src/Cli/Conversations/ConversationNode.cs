namespace OrleansAgents.Conversations;

/// <summary>A message of a conversation in the tree of causes.</summary>
internal sealed class ConversationNode(ConversationNote note)
{
    public ConversationNote Note { get; } = note;

    public ConversationSaid Said => Note.Said;

    /// <summary>The message whose turn sent it; null where that is not known.</summary>
    public ConversationNode? Parent { get; set; }

    /// <summary>The messages that its turn sent, the earliest first.</summary>
    public List<ConversationNode> Children { get; } = [];

    /// <summary>How many causes there are above it.</summary>
    public int Depth { get; set; }

    public bool IsBefore(ConversationNode other) =>
        Said.At != other.Said.At ? Said.At < other.Said.At : Note.Sequence < other.Note.Sequence;
}
