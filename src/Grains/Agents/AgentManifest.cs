using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Orleans.Metadata;
using Orleans.Runtime;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>What a kind understands, as properties of its grain type: every silo and client gets them with the cluster's manifest.</summary>
internal static class AgentManifest
{
    public static void Populate(AgentAttribute attribute, Type agentClass, bool auditAll, Dictionary<string, string> properties)
    {
        var audit = HandlerTable.FindAudited(agentClass, attribute, auditAll) ? [Contract.Of<AuditRead>()] : Array.Empty<Contract>();
        var contracts = HandlerTable.FindContracts(agentClass).Concat(audit).Select(Describe).OrderBy(c => c.Type, StringComparer.Ordinal).ThenBy(c => c.Version);
        properties[AgentKinds.ContractsProperty] = JsonSerializer.Serialize(contracts.ToArray(), WireJson.Default.ContractDescriptionArray);
        if (typeof(IDurableAgent).IsAssignableFrom(agentClass))
        {
            properties[AgentKinds.DurableProperty] = "true";
        }

        if (typeof(IHandleAny).IsAssignableFrom(agentClass))
        {
            properties[AgentKinds.AnyContractProperty] = "true";
        }

        if (attribute.Description is { } description)
        {
            properties[AgentKinds.DescriptionProperty] = description;
        }

        if (Strategy(attribute.Placement) is { } strategy)
        {
            properties[WellKnownGrainTypeProperties.PlacementStrategy] = strategy.Name;
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

    private static ContractDescription Describe(Contract contract) => new(
        contract.Name, contract.Version, contract.IsQuery, Shape(contract.MessageType!), contract.ReplyType is { } reply ? Shape(reply) : null);

    // {"amount":"integer"} rather than a whole schema: short enough for every manifest.
    internal static string Shape(Type type) =>
        Shorten(PayloadJson.Options.GetJsonSchemaAsNode(type, new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Complete })).ToJsonString(PayloadJson.Options);

    /// <summary>Adds what the exporter leaves out: that a record without members has none, and which elements may be null.</summary>
    private static JsonNode Complete(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is JsonObject node)
        {
            if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && node.ContainsKey("type"))
            {
                node.TryAdd("properties", new JsonObject());
            }

            if (node["items"] is not null && context.PropertyInfo?.AttributeProvider is PropertyInfo property)
            {
                MarkElements(node, new NullabilityInfoContext().Create(property));
            }
        }

        return schema;
    }

    private static void MarkElements(JsonObject array, NullabilityInfo nullability)
    {
        var element = nullability.ElementType ?? nullability.GenericTypeArguments.FirstOrDefault();
        if (element is null || array["items"] is not JsonObject items)
        {
            return;
        }

        if (element.ReadState == NullabilityState.Nullable && items["type"] is JsonValue type)
        {
            items["type"] = new JsonArray(type.DeepClone(), "null");
        }

        MarkElements(items, element);
    }

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
