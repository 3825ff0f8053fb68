namespace OrleansAgents.Intelligence;

/// <summary>What the store keeps of a chat agent beside the messages themselves: nothing that grows with the conversation.</summary>
internal sealed class ChatState
{
    /// <summary>The place of the first message that is kept.</summary>
    public long First { get; set; } = 1;

    /// <summary>The place of the last message that was ever kept.</summary>
    public long Last { get; set; }

    /// <summary>The place of the last message that the model is shown no more: the summary has it, or it is forgotten.</summary>
    public long Summed { get; set; }

    /// <summary>What is being answered; null for nothing.</summary>
    public Exchange? Current { get; set; }

    /// <summary>What waits for its answer, the oldest first.</summary>
    public List<Exchange> Waiting { get; set; } = [];

    /// <summary>The work that sums up what falls out of the window; null for none.</summary>
    public Guid? Summing { get; set; }
}

/// <summary>A message that was said to the agent, on its way to its answer.</summary>
internal sealed class Exchange
{
    /// <summary>The message's id.</summary>
    public Guid Message { get; set; }

    public string Sender { get; set; } = "";

    /// <summary>The message's contract, which says what the answer is.</summary>
    public string Type { get; set; } = "";

    public int Version { get; set; }

    public string? Conversation { get; set; }

    /// <summary>The run that it belongs to; null where somebody asked, or told.</summary>
    public string? Run { get; set; }

    /// <summary>The agents that wait for the answer, one for the next.</summary>
    public List<string> Chain { get; set; } = [];

    /// <summary>The span of its turn, as <c>traceparent</c>; null for none.</summary>
    public string? Trace { get; set; }

    /// <summary>What the store keeps its words under while it waits.</summary>
    public Guid Kept { get; set; }

    /// <summary>The place of its first message in the memory.</summary>
    public long First { get; set; }

    public DateTimeOffset Began { get; set; }

    /// <summary>When its time is over.</summary>
    public DateTimeOffset Until { get; set; }

    /// <summary>The call of the model; null while tools are called.</summary>
    public Guid? Work { get; set; }

    /// <summary>How often the model was called.</summary>
    public int Rounds { get; set; }

    public int Faults { get; set; }

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    /// <summary>Whether a tool was called, so that something may have been done.</summary>
    public bool HasActed { get; set; }

    /// <summary>The calls of tools that have no result yet.</summary>
    public List<OpenCall> Calls { get; set; } = [];

    /// <summary>Since when its owner was asked for approval; null where it is not.</summary>
    public DateTimeOffset? AskedAt { get; set; }
}

/// <summary>A call of a tool that has no result yet.</summary>
internal sealed class OpenCall
{
    /// <summary>What the model wants.</summary>
    public ToolWish Wish { get; set; } = new("", "", default);

    /// <summary>The question to an agent, or the work of a method; null while its approval is asked for.</summary>
    public Guid? Under { get; set; }

    /// <summary>When it was begun; null while its approval is asked for.</summary>
    public DateTimeOffset? BegunAt { get; set; }
}
