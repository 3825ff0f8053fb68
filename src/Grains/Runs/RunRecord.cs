namespace OrleansAgents.Runs;

/// <summary>What the store keeps of a run beside its log: nothing that grows with it.</summary>
internal sealed class RunRecord
{
    /// <summary>Who does it; null for a run that was never started.</summary>
    public string? Agent { get; set; }

    public string Owner { get; set; } = "";

    public string Conversation { get; set; } = "";

    public bool Tell { get; set; }

    public RunState State { get; set; }

    public string? Code { get; set; }

    public DateTimeOffset Created { get; set; }

    public DateTimeOffset At { get; set; }

    public DateTimeOffset Until { get; set; }

    /// <summary>The question to the agent, until it is answered.</summary>
    public Guid? Question { get; set; }

    /// <summary>Whether the agent goes on beyond its answer.</summary>
    public bool IsTaken { get; set; }

    /// <summary>The place of the log's last event.</summary>
    public long Sequence { get; set; }

    /// <summary>How many bytes the log holds.</summary>
    public long Bytes { get; set; }

    /// <summary>Which attempt at the work writes an artifact, by the artifact's id; null for none.</summary>
    public Dictionary<string, Guid>? Writers { get; set; }

    /// <summary>The agents that its owner has told of its events; null for none.</summary>
    public List<string>? Watchers { get; set; }

    /// <summary>The message that comes when its time is over, or when it is to be forgotten.</summary>
    public Guid? Clock { get; set; }
}

/// <summary>Tells a run that its time is over, or that it is to be forgotten. It tells itself.</summary>
[Messaging.Contract("run.clock")]
internal sealed record RunClock;
