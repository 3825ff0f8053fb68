namespace OrleansAgents.Runs;

/// <summary>How long runs may take, how much they may hold, and how long they are kept.</summary>
public sealed class RunOptions
{
    /// <summary>The longest time that a run may be given.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>How long a run may take where who starts it does not say, before it fails. 1 hour unless told.</summary>
    public TimeSpan Within { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a run is kept once it is over. 7 days unless told.</summary>
    public TimeSpan Age { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The most events that a run's log holds; a report beyond is refused. 100,000 unless told.</summary>
    public int MaxEvents { get; set; } = 100_000;

    /// <summary>The most bytes of JSON that a run's log holds; a report beyond is refused. 16 MiB unless told.</summary>
    public long MaxBytes { get; set; } = 16L << 20;
}
