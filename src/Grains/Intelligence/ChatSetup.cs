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

    public ChatSetup(IServiceProvider services, string model, IReadOnlyList<string> sources, ChatAgentOptions options, Action<ToolSet> addTools)
    {
        (Options, Model, _addTools) = (options, model, addTools);
        Client = services.GetRequiredKeyedService<IChatClient>(model);
        Prices = services.GetRequiredService<ModelCatalogue>().TryDescribe(model) ?? new ModelOptions();
        Limits = services.GetRequiredService<IOptionsMonitor<SpendingLimitsOptions>>();
        _sources = [.. sources.Select(name => services.GetServices<IToolSource>().First(source => source.Name == name))];
        Own = new ToolSet();
        addTools(Own);
    }

    /// <summary>What is wrong with what a class names: the member, and the remedy; null for nothing.</summary>
    public static string? FindFault(IServiceProvider services, string model, IReadOnlyList<string> sources)
    {
        if (services.GetRequiredService<ModelCatalogue>().FindFault(model) is { } fault && !services.GetRequiredService<OwnModels>().Has(model))
        {
            return $"{nameof(Model)}: {fault}";
        }

        string[] known = [.. services.GetServices<IToolSource>().Select(s => s.Name)];
        return sources.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } missing
            ? $"ToolSources: There is no source of tools '{missing}'; name one of these, or add it: {string.Join(", ", known.DefaultIfEmpty("none"))}."
            : null;
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
