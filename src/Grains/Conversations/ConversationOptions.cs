namespace OrleansAgents.Conversations;

/// <summary>How much of each conversation is kept, and for how long. Give all silos of a cluster the same.</summary>
public sealed class ConversationOptions
{
    /// <summary>The longest <see cref="Age"/>: ten years.</summary>
    internal static readonly TimeSpan LongestAge = TimeSpan.FromDays(3650);

    /// <summary>The most messages of one conversation; later ones are counted and not kept. 10,000 unless told.</summary>
    public int MaxMessages { get; set; } = 10_000;

    /// <summary>
    /// How many bytes the notes of one conversation may take together; later ones are counted and not kept. While somebody
    /// speaks or reads, the conversation is in memory. 64 MiB unless told.
    /// </summary>
    public long MaxBytes { get; set; } = 64L << 20;

    /// <summary>How long a conversation is kept after its last message: above zero, ten years at most. 7 days unless told.</summary>
    public TimeSpan Age { get; set; } = TimeSpan.FromDays(7);
}
