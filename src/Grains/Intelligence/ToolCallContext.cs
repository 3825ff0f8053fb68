using OrleansAgents.Agents;

namespace OrleansAgents.Intelligence;

/// <summary>
/// The call of a tool that is a method, for the method: a parameter of this type is none of the tool's, and is given by
/// the chat agent that calls it.
/// </summary>
/// <param name="Id">The call's id: the same when it is made again because a crash came before its result was stored. What must happen once outside has this as its key.</param>
/// <param name="Agent">The chat agent.</param>
/// <param name="Identity">Who said what is being answered.</param>
/// <param name="ConversationId">The conversation; null for none.</param>
public sealed record ToolCallContext(Guid Id, AgentId Agent, AgentId Identity, string? ConversationId)
{
    /// <summary>Under which key <see cref="Microsoft.Extensions.AI.AIFunctionArguments.Context"/> holds it, for functions that are made elsewhere.</summary>
    public const string Key = "agents.tool-call";
}
