using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>Makes cards of what the cluster's manifest says of kinds.</summary>
internal sealed class AgentCards(A2AKinds kinds, AgentKinds manifest, PushOperations push, HttpCallers callers, A2AOptions options)
{
    /// <summary>The extension by which the extended card tells the schemas of skills.</summary>
    public const string SchemasExtension = "https://orleans-agents.dev/extensions/contract-schemas/v1";

    private static readonly string Version = typeof(AgentCards).Assembly.GetName().Version!.ToString(3);

    /// <summary>The card of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="url">Where this interface is.</param>
    /// <param name="isExtended">Whether the schemas of its skills are told.</param>
    public AgentCard Of(KindDescription kind, string url, bool isExtended)
    {
        var skills = FindSkills(kind, prefix: "").ToArray();
        return Create(
            kind.Kind, kind.Description ?? $"An agent of the kind {kind.Kind}.", $"{url}{A2ARoutes.Root}/{kind.Kind}", skills, isExtended ? [Describe([kind])] : []);
    }

    /// <summary>The host's own card: of the kind that it has for its own, or of all, with each kind's skills behind its name.</summary>
    public AgentCard OfHost(string url, bool isExtended)
    {
        if (kinds.OfHost is { } own)
        {
            return Of(own, url, isExtended);
        }

        var all = kinds.All.ToArray();
        return Create(
            "Agents", "Agents of several kinds; a message names the skill that it wants, as KIND or KIND/SKILL.", url + A2ARoutes.Root,
            [.. all.SelectMany(kind => FindSkills(kind, kind.Kind + "/"))], isExtended ? [Describe(all)] : []);
    }

    private AgentCard Create(string name, string description, string url, AgentSkill[] skills, AgentExtension[] more)
    {
        AgentExtension[] extensions = [.. options.Extensions, .. more];
        var isOpen = callers.TakesAnonymous;
        return new AgentCard(
            name, description, Version,
            [new AgentInterface(url, A2AProtocol.JsonRpc, A2AProtocol.Version), new AgentInterface(url, A2AProtocol.HttpJson, A2AProtocol.Version)],
            new AgentCapabilities(Streaming: true, push.IsThere, extensions.Length == 0 ? null : extensions, ExtendedAgentCard: true),
            MediaTypes.Usual, MediaTypes.Usual, skills,
            SecuritySchemes: new Dictionary<string, SecurityScheme>(StringComparer.Ordinal)
            {
                ["bearer"] = new(HttpAuthSecurityScheme: new HttpAuthScheme("Bearer")),
                ["key"] = new(new ApiKeyScheme("header", "X-Api-Key")),
            },
            SecurityRequirements: isOpen ? null : [Need("bearer"), Need("key")]);
    }

    private static SecurityRequirement Need(string scheme) =>
        new(new Dictionary<string, StringList>(StringComparer.Ordinal) { [scheme] = new StringList([]) });

    private static IEnumerable<AgentSkill> FindSkills(KindDescription kind, string prefix)
    {
        string[] tags = kind.Capabilities.Count + kind.Tags.Count == 0 ? [kind.Kind] : [.. kind.Capabilities, .. kind.Tags];
        if (Skills.Talks(kind))
        {
            yield return new AgentSkill(
                prefix + "chat.say", prefix + "chat.say", kind.Description ?? "Takes what is said, and answers.", tags, InputModes: MediaTypes.Talk,
                OutputModes: OrUsual(kind.OutputModes));
        }

        foreach (var contract in Skills.Of(kind).Where(contract => !Skills.IsSay(contract)))
        {
            var id = prefix + Skills.IdOf(contract);
            var takes = $"Takes one part of data such as {contract.Payload}";
            yield return new AgentSkill(
                id, id, contract.Reply is { } reply ? $"{takes}, and answers {reply}." : $"{takes}.", tags, InputModes: MediaTypes.Data, OutputModes: OrUsual(Skills.MadeBySkills(kind)));
        }
    }

    private static IReadOnlyList<string> OrUsual(IReadOnlyList<string> modes) => modes.Count > 0 ? modes : MediaTypes.Usual;

    private AgentExtension Describe(IReadOnlyList<KindDescription> described)
    {
        var schemas = new JsonObject();
        foreach (var kind in described)
        {
            var own = new JsonObject();
            foreach (var contract in Skills.Of(kind))
            {
                if (manifest.FindSchemas(kind.Kind).FirstOrDefault(s => s.Type == contract.Type && s.Version == contract.Version) is { } entry)
                {
                    own[Skills.IdOf(contract)] = new JsonObject { ["payload"] = entry.Payload.DeepClone(), ["reply"] = entry.Reply?.DeepClone() };
                }
            }

            schemas[kind.Kind] = own;
        }

        return new AgentExtension(
            SchemasExtension, "The JSON Schemas of what the skills take and answer, by kind and skill.", Required: false, JsonSerializer.SerializeToElement(schemas, PayloadJson.Options));
    }
}
