namespace OrleansAgents.Mcp;

/// <summary>What a request and a result say in their <c>_meta</c>.</summary>
internal static class McpMeta
{
    /// <summary>The message's id, a UUID: a repeat under the same takes effect once.</summary>
    public const string MessageId = "agents/messageId";

    /// <summary>The conversation that the message belongs to.</summary>
    public const string Conversation = "agents/conversationId";

    /// <summary>For how many seconds the caller waits.</summary>
    public const string Timeout = "agents/timeout";

    /// <summary>What became of the message.</summary>
    public const string Outcome = "agents/outcome";

    /// <summary>Why it was refused or failed.</summary>
    public const string Code = "agents/code";
}

/// <summary>The tools for runs, and the members of what they give.</summary>
internal static class McpRunNames
{
    public const string Wait = "run__wait", Say = "run__say", Cancel = "run__cancel";

    public const string Run = "run", Text = "text", State = "state", Message = "message", Artifacts = "artifacts", Reply = "reply";
}
