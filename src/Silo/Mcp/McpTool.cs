using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansAgents.Messaging;

namespace OrleansAgents.Mcp;

/// <summary>A contract of a kind as a tool.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Contract">What its agents are sent.</param>
/// <param name="Input">How its arguments become a payload.</param>
/// <param name="Output">How its answer becomes a result.</param>
/// <param name="Protocol">The tool as clients are told of it.</param>
internal sealed record McpTool(string Kind, Contract Contract, McpInput Input, McpOutput Output, Tool Protocol);

/// <summary>What a tool takes: the members of a contract's payload, and which agent is meant.</summary>
/// <param name="Agent">The name of the argument that says which agent.</param>
/// <param name="Payload">The name of the argument that is the payload; null where the payload's members are arguments themselves.</param>
/// <param name="NeedsAgent">Whether the agent must be named; else it is the caller's own.</param>
/// <param name="Schema">The schema of all arguments.</param>
internal sealed record McpInput(string Agent, string? Payload, bool NeedsAgent, JsonElement Schema);

/// <summary>What a tool gives.</summary>
/// <param name="Form">How the answer is told.</param>
/// <param name="Schema">The schema of the structured result; null where there is none.</param>
internal sealed record McpOutput(McpOutputForm Form, JsonElement? Schema);

/// <summary>How an answer is told.</summary>
internal enum McpOutputForm
{
    /// <summary>There is none.</summary>
    Nothing,

    /// <summary>The reply as it is, which is an object.</summary>
    Reply,

    /// <summary>The reply, as the member <c>result</c> of an object.</summary>
    Wrapped,

    /// <summary>What came of a run.</summary>
    Run,
}
