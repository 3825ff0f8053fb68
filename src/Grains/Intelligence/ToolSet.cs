using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>The tools that a model is offered, each under a name of its own. Made once, in an order that stays the same.</summary>
public sealed class ToolSet
{
    private readonly Dictionary<string, AITool> _byName = new(StringComparer.Ordinal);
    private readonly List<AITool> _tools = [];

    /// <summary>The tools, as a model is offered them (<see cref="ChatOptions.Tools"/>).</summary>
    public IReadOnlyList<AITool> Tools => _tools;

    /// <summary>
    /// Adds a method of a program: its parameters are the tool's, and its result is the answer. One of the type
    /// <see cref="ToolCallContext"/> or <see cref="CancellationToken"/> is given by who calls the tool.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <param name="name">What the model calls it; null for the method's own name.</param>
    /// <param name="description">What the model is told of it; null for its <see cref="System.ComponentModel.DescriptionAttribute"/>.</param>
    /// <param name="needsApproval">Whether a person must agree before it is called.</param>
    /// <exception cref="ArgumentException">The name is none that providers take, or another tool has it.</exception>
    public ToolSet Add(Delegate method, string? name = null, string? description = null, bool needsApproval = false) =>
        Add(AIFunctionFactory.Create(method, new AIFunctionFactoryOptions
        {
            Name = name,
            Description = description,
            AdditionalProperties = needsApproval ? ToolApproval.Needed : null,
            SerializerOptions = PayloadJson.Options,
            ConfigureParameterBinding = static parameter => parameter.ParameterType == typeof(ToolCallContext)
                ? new AIFunctionFactoryOptions.ParameterBindingOptions
                {
                    ExcludeFromSchema = true,
                    BindParameter = static (_, arguments) => arguments.Context?.TryGetValue(ToolCallContext.Key, out var call) is true ? call : null,
                }
                : default,
        }));

    /// <summary>Adds a function that is made already.</summary>
    /// <exception cref="ArgumentException">The name is none that providers take, or another tool has it.</exception>
    public ToolSet Add(AIFunction function)
    {
        if (!ToolName.IsValid(function.Name))
        {
            throw new ArgumentException($"'{function.Name}' is no name of a tool: give 1 to {ToolName.MaxLength} of A to Z, a to z, 0 to 9, _ and -.", nameof(function));
        }

        return !_byName.TryAdd(function.Name, function)
            ? throw new ArgumentException($"Two tools are named {function.Name}; give one of them another name.", nameof(function))
            : Keep(function);
    }

    /// <summary>Adds what an agent can be asked. Where the name is taken, a number is put behind it.</summary>
    public ToolSet Add(AgentTool tool)
    {
        var name = ToolName.MakeUnique(tool.Name, _byName.ContainsKey);
        var named = name == tool.Name ? tool : tool.Renamed(name);
        _byName.Add(name, named);
        return Keep(named);
    }

    /// <summary>Adds a request that an agent answers.</summary>
    /// <inheritdoc cref="AgentTool(AgentId, Contract, string, bool, string)" path="/param"/>
    /// <inheritdoc cref="AgentTool(AgentId, Contract, string, bool, string)" path="/exception"/>
    public ToolSet Add<TRequest>(AgentId agent, string? description = null, bool needsApproval = false) =>
        Add(new AgentTool(agent, Contract.Of<TRequest>(), description, needsApproval));

    /// <summary>Whether a tool has a name.</summary>
    public bool Has(string name) => _byName.ContainsKey(name);

    /// <summary>Says what a model's call of a tool comes to.</summary>
    /// <param name="call">The model's call.</param>
    /// <param name="agentCall">The ask to be sent; null where the tool is a method.</param>
    /// <param name="function">The method to be called, with the call's arguments; null where the tool is an agent's.</param>
    /// <param name="fault">Where it is neither: a sentence for the model. The tool is unknown, or the arguments could not be read.</param>
    public bool TryResolve(
        FunctionCallContent call, out AgentToolCall? agentCall, out AIFunction? function, [NotNullWhen(false)] out string? fault)
    {
        (agentCall, function, fault) = (null, null, null);
        if (!_byName.TryGetValue(call.Name, out var tool))
        {
            fault = $"There is no tool '{PlainText.Show(call.Name, PlainText.Quoted)}'; the tools are {string.Join(", ", _byName.Keys)}.";
            return false;
        }

        if (call.Exception is not null)
        {
            fault = $"The arguments of {call.Name} could not be read; give one JSON object that keeps the tool's schema.";
            return false;
        }

        agentCall = (tool as AgentTool)?.Describe(call);
        function = tool as AIFunction;
        return true;
    }

    private ToolSet Keep(AITool tool)
    {
        _tools.Add(tool);
        return this;
    }
}
