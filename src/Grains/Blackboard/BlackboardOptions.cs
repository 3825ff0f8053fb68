namespace OrleansAgents.Blackboard;

/// <summary>Settings of the boards in a silo. Give all silos of a cluster the same.</summary>
public sealed class BlackboardOptions
{
    /// <summary>How many changes each board keeps, which is how far back it can be read. 1,000 unless told; 1 or more.</summary>
    public int History { get; set; } = 1000;

    /// <summary>
    /// How many bytes of changes each board keeps, with what undoes them. An active board has them in memory. 16 MiB unless
    /// told; above zero.
    /// </summary>
    public long HistoryBytes { get; set; } = 16 << 20;

    /// <summary>
    /// The largest document, in bytes of its canonical JSON (RFC 8785). 256 KiB unless told; 2 or more, which is <c>{}</c>. Every
    /// change writes the document, and a change must fit into a message (<see cref="Messaging.MessageLimits.PayloadBytes"/>).
    /// </summary>
    public int DocumentBytes { get; set; } = 256 * 1024;

    /// <summary>What is wrong; null for nothing.</summary>
    internal string? FindFault() => History < 1 ? "BlackboardOptions.History must be 1 or more; 1,000 is the default."
        : HistoryBytes < 1 ? "BlackboardOptions.HistoryBytes must be above zero; 16 MiB is the default."
        : DocumentBytes < 2 ? "BlackboardOptions.DocumentBytes must be 2 or more; 256 KiB is the default."
        : null;
}
