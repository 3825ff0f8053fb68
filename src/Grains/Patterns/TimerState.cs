namespace OrleansAgents.Patterns;

/// <summary>What a timer keeps.</summary>
internal sealed class TimerState : IPatternState
{
    public int Round { get; set; }

    /// <summary>What it was told; null where it never was.</summary>
    public TimerStart? Timer { get; set; }

    public string Owner { get; set; } = "";

    public bool IsRunning { get; set; }

    /// <summary>From when it counts.</summary>
    public DateTimeOffset From { get; set; }

    /// <summary>The number of the next tick, from 0.</summary>
    public long Tick { get; set; }

    /// <summary>When that is due, with its jitter.</summary>
    public DateTimeOffset DueAt { get; set; }

    public long Told { get; set; }

    public long LeftOut { get; set; }

    public DateTimeOffset? Last { get; set; }

    /// <summary>The scheduled message that brings the next tick.</summary>
    public Guid Scheduled { get; set; }
}
