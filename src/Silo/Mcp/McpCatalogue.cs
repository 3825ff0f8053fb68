using System.Collections.Frozen;
using ModelContextProtocol.Protocol;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;

namespace OrleansAgents.Mcp;

/// <summary>The tools that there are: the contracts of all kinds that are open to the outside, as the cluster's manifest has them now.</summary>
internal sealed class McpCatalogue(AgentKinds kinds)
{
    // What agents hear from the platform about runs and work of their own.
    private static readonly string[] Inside = ["run.", "runs.", "agent."];

    private Listing? _listing;

    /// <summary>The tools, in an order that stays the same while they do. The same list as before where nothing has changed.</summary>
    public IReadOnlyList<Tool> List => Current.Listed;

    /// <summary>A tool by its name; null where there is none. One for an older version is found, and not listed.</summary>
    public McpTool? Find(string name) => Current.ByName.GetValueOrDefault(name);

    private Listing Current
    {
        get
        {
            var hosted = kinds.Hosted;
            return _listing is { } listing && ReferenceEquals(listing.Kinds, hosted) ? listing : Learn(hosted);
        }
    }

    private Listing Learn(HostedKinds hosted)
    {
        var (tools, listed) = (new Dictionary<string, McpTool>(StringComparer.Ordinal), new List<Tool>());
        KindDescription[] open = [.. hosted.List().Where(kind => kind.Public)];
        // Newer versions first, so that an older one cannot take a name from them.
        foreach (var isOlder in (bool[])[false, true])
        {
            foreach (var kind in open)
            {
                foreach (var tool in Describe(hosted, kind, isOlder, tools.ContainsKey))
                {
                    tools.Add(tool.Protocol.Name, tool);
                    if (!isOlder)
                    {
                        listed.Add(tool.Protocol);
                    }
                }
            }
        }

        if (open.Any(kind => kind.Works))
        {
            listed.AddRange(McpRunTools.All);
        }

        return _listing = new Listing(hosted, listed, tools.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static IEnumerable<McpTool> Describe(HostedKinds hosted, KindDescription kind, bool isOlder, Func<string, bool> isTaken)
    {
        var schemas = hosted.FindSchemas(kind.Kind);
        foreach (var described in kind.Contracts)
        {
            if (described.Own || (described.UpcastTo is not null) != isOlder || Inside.Any(prefix => described.Type.StartsWith(prefix, StringComparison.Ordinal)))
            {
                continue;
            }

            if (schemas.FirstOrDefault(s => s.Type == described.Type && s.Version == described.Version) is { } entry)
            {
                yield return Describe(kind, entry, isTaken);
            }
        }
    }

    private static McpTool Describe(KindDescription kind, ContractEntry entry, Func<string, bool> isTaken)
    {
        var contract = Contract.Untyped(entry.Type, entry.Version);
        var input = McpSchema.Input(kind.Kind, entry.Payload, needsAgent: !IsTalking(kind));
        // A query changes nothing, and so is nothing that goes on.
        var output = kind.Works && !entry.Query ? McpSchema.RunOutput(entry.Reply) : McpSchema.Output(entry.Reply);
        var tool = new Tool
        {
            Name = ToolName.MakeUnique(ToolName.For(kind.Kind, contract), isTaken),
            Title = $"{kind.Kind}: {entry.Name}",
            Description = string.Join(' ', ((string?[])[(string?)entry.Payload["description"] ?? $"Sends {entry.Name} to an agent.", kind.Description]).OfType<string>()),
            InputSchema = input.Schema,
            OutputSchema = output.Schema,
            Annotations = entry.Query ? new ToolAnnotations { ReadOnlyHint = true } : null,
        };
        return new McpTool(kind.Kind, contract, input, output, tool);
    }

    /// <summary>Whether each caller has an agent of the kind to itself, unless it names one: a conversation is nobody else's.</summary>
    private static bool IsTalking(KindDescription kind) => kind.Contracts.Any(contract => contract.Type == Contract.Of<ChatSay>().Name);

    private sealed record Listing(HostedKinds Kinds, IReadOnlyList<Tool> Listed, FrozenDictionary<string, McpTool> ByName);
}
