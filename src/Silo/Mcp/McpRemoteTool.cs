using System.Text.Json;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Protocol;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;

namespace OrleansAgents.Mcp;

/// <summary>A tool of a server elsewhere, under a name that providers of models take. What the server says of it is bounded, and no less a stranger's word.</summary>
internal sealed class McpRemoteTool : AIFunction
{
    /// <summary>The longest description, in characters, and the longest schema, in bytes.</summary>
    public const int MaxDescription = 2048, MaxSchema = 32 * 1024;

    private readonly McpToolSource _source;
    private readonly string _name, _tool, _description;
    private readonly IReadOnlyDictionary<string, object?> _properties;

    private McpRemoteTool(McpToolSource source, string name, Tool tool, bool needsApproval)
    {
        (_source, _name, _tool) = (source, name, tool.Name);
        _description = PlainText.Show(tool.Description ?? tool.Title, MaxDescription);
        _properties = needsApproval ? ToolApproval.Needed : base.AdditionalProperties;
        // The list's own document is not kept.
        JsonSchema = tool.InputSchema.Clone();
    }

    /// <inheritdoc/>
    public override string Name => _name;

    /// <inheritdoc/>
    public override string Description => _description;

    /// <inheritdoc/>
    public override JsonElement JsonSchema { get; }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, object?> AdditionalProperties => _properties;

    /// <summary>The tools that may be offered of those that a server lists, and how many may not: without a name of their own, or too large.</summary>
    public static (IReadOnlyList<AIFunction> Tools, int LeftOut) Take(McpToolSource source, ToolServerOptions options, IEnumerable<Tool> listed, int most)
    {
        var (tools, names, leftOut) = (new List<AIFunction>(), new HashSet<string>(StringComparer.Ordinal), 0);
        // By the server's names, so that the order in which it lists them has no say in ours.
        var wanted = listed.Where(tool => options.Tools.Count == 0 || options.Tools.Contains(tool.Name, StringComparer.Ordinal)).OrderBy(tool => tool.Name, StringComparer.Ordinal);
        string? last = null;
        foreach (var tool in wanted)
        {
            if (string.IsNullOrWhiteSpace(tool.Name) || tool.Name == last || tools.Count >= most || tool.InputSchema.GetRawText().Length > MaxSchema)
            {
                leftOut++;
                continue;
            }

            last = tool.Name;
            var name = ToolName.MakeUnique(ToolName.For(source.Name, tool.Name), names.Contains);
            names.Add(name);
            tools.Add(new McpRemoteTool(source, name, tool, options.NeedsApproval));
        }

        return (tools, leftOut);
    }

    /// <inheritdoc/>
    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => await _source.CallAsync(
        _tool, arguments.ToDictionary(a => a.Key, a => a.Value as JsonElement? ?? JsonSerializer.SerializeToElement(a.Value, PayloadJson.Options), StringComparer.Ordinal), cancellationToken);
}
