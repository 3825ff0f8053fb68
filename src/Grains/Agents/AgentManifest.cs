using System.Text.Json;
using System.Text.Json.Nodes;
using Orleans.Metadata;
using Orleans.Runtime;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Agents;

/// <summary>What a kind understands, as properties of its grain type: every silo and client gets them with the cluster's manifest.</summary>
internal static class AgentManifest
{
    public static void Populate(AgentAttribute attribute, Type agentClass, bool auditAll, Dictionary<string, string> properties)
    {
        Contract[] audit = HandlerTable.FindAudited(agentClass, attribute, auditAll) ? [Contract.Of<AuditRead>()] : [];
        Contract[] handled = [.. HandlerTable.FindHandled(agentClass), .. audit];
        var upcasts = Upcasts.Find(handled);
        var workers = Worker.FindAll(agentClass, handled);
        Contract[] own = [.. workers.Select(w => w.Done), Contract.Of<WorkFailed>()];
        var contracts = handled.Select(c => Describe(c, upcastTo: null) with { Own = own.Contains(c) }).Concat(upcasts.Select(u => Describe(u.From, u.To.Version)))
            .OrderBy(c => c.Type, StringComparer.Ordinal).ThenBy(c => c.Version);
        properties[AgentKinds.ContractsProperty] = JsonSerializer.Serialize(contracts.ToArray(), WireJson.Default.ContractDescriptionArray);
        // Packed, and unpacked only where somebody asks: whole schemas are many times what the short shapes above are.
        properties[AgentKinds.SchemasProperty] = ContractList.Pack(ContractList.Order(handled.Concat(upcasts.Select(u => u.From)).Select(ContractEntry.Of)));
        if (typeof(IDurableAgent).IsAssignableFrom(agentClass))
        {
            properties[AgentKinds.DurableProperty] = "true";
        }

        if (typeof(IHandleAny).IsAssignableFrom(agentClass) || typeof(IRelay).IsAssignableFrom(agentClass))
        {
            properties[AgentKinds.AnyContractProperty] = "true";
        }

        if (attribute.Public)
        {
            properties[AgentKinds.PublicProperty] = "true";
        }

        if (workers.Count > 0 || handled.Contains(Contract.Of<RunSaid>()) || handled.Contains(Contract.Of<RunOver>()))
        {
            properties[AgentKinds.WorksProperty] = "true";
        }

        if (attribute.Description is { } description)
        {
            properties[AgentKinds.DescriptionProperty] = description;
        }

        PutNames(properties, AgentKinds.CapabilitiesProperty, attribute.Capabilities);
        PutNames(properties, AgentKinds.TagsProperty, attribute.Tags);
        PutNames(properties, AgentKinds.OutputModesProperty, attribute.OutputModes);
        if (Strategy(attribute.Placement) is { } strategy)
        {
            properties[WellKnownGrainTypeProperties.PlacementStrategy] = strategy.Name;
        }
    }

    private static void PutNames(Dictionary<string, string> properties, string property, string[] names)
    {
        if (names.Length > 0)
        {
            properties[property] = string.Join(' ', names);
        }
    }

    private static Type? Strategy(AgentPlacement placement) => placement switch
    {
        AgentPlacement.Default => null,
        AgentPlacement.Random => typeof(RandomPlacement),
        AgentPlacement.PreferLocal => typeof(PreferLocalPlacement),
        AgentPlacement.FewestActive => typeof(ActivationCountBasedPlacement),
        AgentPlacement.MostResources => typeof(ResourceOptimizedPlacement),
        _ => throw new InvalidOperationException($"{placement} is no placement of agents."),
    };

    private static ContractDescription Describe(Contract contract, int? upcastTo) => new(
        contract.Name, contract.Version, contract.IsQuery, Shape(contract.MessageType!), contract.ReplyType is { } reply ? Shape(reply) : null)
    { UpcastTo = upcastTo };

    // {"amount":"integer"} rather than a whole schema: short enough for every manifest.
    internal static string Shape(Type type) =>
        Shorten(ContractSchema.Export(type)).ToJsonString(PayloadJson.Options);

    private static JsonNode Shorten(JsonNode? schema)
    {
        if (schema is not JsonObject node)
        {
            return JsonValue.Create("any");
        }

        if (node["properties"] is JsonObject members)
        {
            var shape = new JsonObject();
            foreach (var (name, member) in members)
            {
                shape[name] = Shorten(member);
            }

            return shape;
        }

        if (node["items"] is { } items)
        {
            return new JsonArray(Shorten(items));
        }

        return node["enum"] is JsonArray values
            ? JsonValue.Create(string.Join('|', values.Select(v => v?.ToString() ?? "null")))
            : node["type"] switch
            {
                JsonArray types => JsonValue.Create(string.Join('|', types.Select(t => t!.ToString()))),
                JsonValue one => JsonValue.Create(one.ToString()),
                _ => JsonValue.Create("any"),
            };
    }
}
