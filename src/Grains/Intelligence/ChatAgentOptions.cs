namespace OrleansAgents.Intelligence;

/// <summary>How far a chat agent goes for one answer, and how much it remembers. Immutable; all agents of a class share one.</summary>
public sealed record ChatAgentOptions
{
    // A timer takes no more than some weeks, and an answer is no matter of days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>What holds where a class says nothing.</summary>
    public static ChatAgentOptions Default { get; } = new();

    /// <summary>How often the model is called for one answer. 8 unless told; 1 or more. In the last call it is asked to call no more tools.</summary>
    public int Rounds { get; init; } = 8;

    /// <summary>How often for one answer the model is told that it made a mistake: a tool that is none, arguments or an answer that do not keep the schema. 3 unless told; 0 or more.</summary>
    public int Faults { get; init; } = 3;

    /// <summary>The most tokens for one answer, input and output of all its calls together; checked before each call. 200,000 unless told.</summary>
    public long Tokens { get; init; } = 200_000;

    /// <summary>The most tokens of one output of the model; null for what the model's own setting says.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>How long one answer may take, waits for a person's approval not counted; a day at most. 5 minutes unless told.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one call of a tool may take, a day at most. 1 minute unless told.</summary>
    public TimeSpan ToolTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many messages may wait for their answer behind the one that is being answered; more are refused as busy. 16 unless told; 0 or more.</summary>
    public int Waiting { get; init; } = 16;

    /// <summary>How many tokens of the conversation the model is shown, instructions included, by <see cref="TokenEstimate"/>. 8,000 unless told.</summary>
    public int WindowTokens { get; init; } = 8_000;

    /// <summary>How long a summary of what fell out of the window may be, in tokens; 0 for no summaries. 500 unless told.</summary>
    public int SummaryTokens { get; init; } = 500;

    /// <summary>How many messages are kept; the oldest go first, in whole exchanges. 1,000 unless told; 2 or more.</summary>
    public int Kept { get; init; } = 1_000;

    /// <summary>How many bytes of messages are kept, as <see cref="Kept"/>. 16 MiB unless told.</summary>
    public long KeptBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>What is wrong: the option, its value and the remedy; null for nothing.</summary>
    internal string? FindFault() =>
        Rounds < 1 ? $"{nameof(Rounds)} is {Rounds}; give 1 or more, 8 is the default."
        : Faults < 0 ? $"{nameof(Faults)} is {Faults}; give 0 or more, 3 is the default."
        : Tokens < 1 ? $"{nameof(Tokens)} is {Tokens}; give 1 or more, 200,000 is the default."
        : OutputTokens < 1 ? $"{nameof(OutputTokens)} is {OutputTokens}; give 1 or more, or null for what the model's setting says."
        : Within <= TimeSpan.Zero || Within > Longest ? $"{nameof(Within)} is {Within}; give a time above zero and a day at most, 00:05:00 is the default."
        : ToolTimeout <= TimeSpan.Zero || ToolTimeout > Longest ? $"{nameof(ToolTimeout)} is {ToolTimeout}; give a time above zero and a day at most, 00:01:00 is the default."
        : Waiting < 0 ? $"{nameof(Waiting)} is {Waiting}; give 0 or more, 16 is the default."
        : WindowTokens < 1 ? $"{nameof(WindowTokens)} is {WindowTokens}; give 1 or more, 8,000 is the default."
        : SummaryTokens < 0 ? $"{nameof(SummaryTokens)} is {SummaryTokens}; give 0 for no summaries or more, 500 is the default."
        : Kept < 2 ? $"{nameof(Kept)} is {Kept}; give 2 or more, 1,000 is the default."
        : KeptBytes < 1 ? $"{nameof(KeptBytes)} is {KeptBytes}; give 1 or more, 16 MiB is the default."
        : null;
}
