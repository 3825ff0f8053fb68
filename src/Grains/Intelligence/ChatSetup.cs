using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>What a chat agent's class says of itself, put together once for each activation.</summary>
internal sealed class ChatSetup
{
    private readonly IReadOnlyList<IToolSource> _sources;
    private readonly Action<ToolSet> _addTools;

    /// <exception cref="InvalidOperationException">A model or a source of tools is not there, or an option makes no sense; the message says which.</exception>
    public ChatSetup(IServiceProvider services, Type agent, string model, IReadOnlyList<string> sources, ChatAgentOptions options, Action<ToolSet> addTools)
    {
        options.Validate(agent);
        (Options, Model, _addTools) = (options, model, addTools);
        Client = services.GetRequiredKeyedService<IChatClient>(model);
        Prices = services.GetRequiredService<ModelCatalogue>().TryDescribe(model) ?? new ModelOptions();
        Limits = services.GetRequiredService<IOptionsMonitor<SpendingLimitsOptions>>();
        var known = services.GetServices<IToolSource>().ToArray();
        _sources = [.. sources.Select(name => Array.Find(known, source => source.Name == name) ?? throw new InvalidOperationException(
            $"{agent} has tools of the source '{name}', which is not there; the sources are: {string.Join(", ", known.Select(s => s.Name).DefaultIfEmpty("none"))}."))];
        Own = new ToolSet();
        addTools(Own);
    }

    public ChatAgentOptions Options { get; }

    public string Model { get; }

    public IChatClient Client { get; }

    public ModelOptions Prices { get; }

    public IOptionsMonitor<SpendingLimitsOptions> Limits { get; }

    /// <summary>The tools that the class names itself.</summary>
    public ToolSet Own { get; }

    /// <summary>The most tokens of one output, for what is set aside before a call.</summary>
    public int MostOutput => Options.OutputTokens ?? Prices.MaxOutputTokens ?? 1024;

    /// <summary>All tools that there are now. Where two have one name, the class's own goes before a source's.</summary>
    /// <exception cref="AgentRefusedException">Those of a source cannot be had now.</exception>
    public async ValueTask<ToolSet> ListToolsAsync(CancellationToken cancellationToken)
    {
        if (_sources.Count == 0)
        {
            return Own;
        }

        var all = new ToolSet();
        _addTools(all);
        foreach (var source in _sources)
        {
            foreach (var function in await source.ListAsync(cancellationToken))
            {
                if (!all.Has(function.Name))
                {
                    all.Add(function);
                }
            }
        }

        return all;
    }

    /// <summary>Says what a model's call comes to, and gives it an id that no other of the same answer has.</summary>
    public static ToolWish Resolve(ToolSet tools, FunctionCallContent call, string callId)
    {
        var arguments = JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal), PayloadJson.Options);
        if (!tools.TryResolve(call, out var asked, out var function, out var fault))
        {
            return new ToolWish(callId, call.Name, arguments, Fault: fault);
        }

        return asked is not null
            ? new ToolWish(callId, call.Name, arguments, asked.Agent, asked.Contract, asked.Version, asked.NeedsApproval)
            : new ToolWish(callId, call.Name, arguments, NeedsApproval: ToolApproval.IsNeeded(function!));
    }
}
