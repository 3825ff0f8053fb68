namespace OrleansAgents.Patterns;

/// <summary>Settings of the agents that carry patterns: sagas, desks, groups and timers.</summary>
public sealed class PatternOptions
{
    /// <summary>How long what is over can be read, before it forgets itself. 7 days unless told. Above zero.</summary>
    public TimeSpan KeepEnded { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many messages may wait at a desk for its owner; more are refused as busy. 256 unless told. 1 or more.</summary>
    public int DeskQueueLength { get; set; } = 256;
}
