using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>
/// A contract that an agent takes, as a tool of a model: its parameters are the contract's payload. It only describes the
/// call; whoever runs the model sends it, as an ask, through the agent's own gate.
/// </summary>
public sealed class AgentTool : AIFunctionDeclaration
{
    private readonly string _description;
    private readonly IReadOnlyDictionary<string, object?> _properties;

    /// <summary>Makes a tool of a request that an agent answers.</summary>
    /// <param name="agent">Whom the call is for.</param>
    /// <param name="contract">What it is asked; its record must be known here.</param>
    /// <param name="description">What the model is told of it; null for the description of the record, or its name.</param>
    /// <param name="needsApproval">Whether a person must agree before the call is sent.</param>
    /// <param name="name">What the model calls it; null for the name that <see cref="ToolName"/> makes.</param>
    /// <exception cref="ArgumentException">The contract has no record here or is not answered, or the name breaks the rule of <see cref="ToolName"/>.</exception>
    public AgentTool(AgentId agent, Contract contract, string? description = null, bool needsApproval = false, string? name = null)
    {
        if (contract.ReplyType is null)
        {
            throw new ArgumentException($"{contract} is no tool: it needs a record here that is an IRequest, for a model waits for the answer.", nameof(contract));
        }

        if (name is not null && !ToolName.IsValid(name))
        {
            throw new ArgumentException($"'{name}' is no name of a tool: give 1 to {ToolName.MaxLength} of A to Z, a to z, 0 to 9, _ and -.", nameof(name));
        }

        (Agent, Contract) = (agent, contract);
        Name = name ?? ToolName.For(agent.Kind, contract);
        var schema = ContractSchema.Payload(contract);
        _description = description ?? (string?)schema["description"] ?? $"Asks {agent} for {contract}.";
        JsonSchema = JsonSerializer.SerializeToElement(schema);
        ReturnJsonSchema = JsonSerializer.SerializeToElement(ContractSchema.Reply(contract));
        _properties = needsApproval ? ToolApproval.Needed : base.AdditionalProperties;
    }

    private AgentTool(AgentTool other, string name)
    {
        (Agent, Contract, Name, _description, _properties) = (other.Agent, other.Contract, name, other._description, other._properties);
        (JsonSchema, ReturnJsonSchema) = (other.JsonSchema, other.ReturnJsonSchema);
    }

    /// <summary>Whom the call is for.</summary>
    public AgentId Agent { get; }

    /// <summary>What it is asked.</summary>
    public Contract Contract { get; }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override string Description => _description;

    /// <inheritdoc/>
    public override JsonElement JsonSchema { get; }

    /// <inheritdoc/>
    public override JsonElement? ReturnJsonSchema { get; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> AdditionalProperties => _properties;

    internal AgentTool Renamed(string name) => new(this, name);

    /// <summary>The call that a model asks for.</summary>
    internal AgentToolCall Describe(FunctionCallContent call) => new(
        call.CallId, Name, Agent.ToString(), Contract.Name, Contract.Version,
        JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal), PayloadJson.Options), ToolApproval.IsNeeded(this));
}

/// <summary>What a model asks an agent for. Nothing of it was checked yet: the agent's gate does that when it is sent.</summary>
/// <param name="CallId">What the model calls the call; the result must name it.</param>
/// <param name="Tool">The tool's name.</param>
/// <param name="Agent">Whom to ask.</param>
/// <param name="Contract">The contract's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Payload">The payload, a JSON object.</param>
/// <param name="NeedsApproval">Whether a person must agree first.</param>
public sealed record AgentToolCall(string CallId, string Tool, string Agent, string Contract, int Version, JsonElement Payload, bool NeedsApproval);
