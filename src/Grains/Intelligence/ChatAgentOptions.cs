namespace OrleansAgents.Intelligence;

/// <summary>How far a chat agent goes for one answer, and how much it remembers. Immutable; all agents of a class share one.</summary>
public sealed record ChatAgentOptions
{
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

    /// <summary>How long one answer may take, waits for a person's approval not counted. 5 minutes unless told.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one call of a tool may take. 1 minute unless told.</summary>
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

    /// <exception cref="InvalidOperationException">An option is out of range; the message says which.</exception>
    internal void Validate(Type agent)
    {
        var fault = Rounds < 1 ? $"{nameof(Rounds)} must be 1 or more"
            : Faults < 0 ? $"{nameof(Faults)} must be 0 or more"
            : Tokens < 1 ? $"{nameof(Tokens)} must be 1 or more"
            : OutputTokens < 1 ? $"{nameof(OutputTokens)} must be 1 or more, or null"
            : Within <= TimeSpan.Zero || Within > TimeSpan.FromDays(1) ? $"{nameof(Within)} must be above zero, and a day at most"
            : ToolTimeout <= TimeSpan.Zero ? $"{nameof(ToolTimeout)} must be above zero"
            : Waiting < 0 ? $"{nameof(Waiting)} must be 0 or more"
            : WindowTokens < 1 ? $"{nameof(WindowTokens)} must be 1 or more"
            : SummaryTokens < 0 ? $"{nameof(SummaryTokens)} must be 0 or more"
            : Kept < 2 ? $"{nameof(Kept)} must be 2 or more"
            : KeptBytes < 1 ? $"{nameof(KeptBytes)} must be 1 or more"
            : null;
        if (fault is not null)
        {
            throw new InvalidOperationException($"The options of {agent}: {fault}.");
        }
    }
}
