using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace OrleansAgents.Messaging;

/// <summary>
/// The JSON Schema (2020-12) of what a contract carries: made of the record and its annotations, or brought along by the
/// contract.
/// </summary>
internal static class ContractSchema
{
    public const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    // No member of a schema, so nothing that the exporter writes has this name.
    private const string RulesKey = "\u0000rules";

    /// <summary>The schema of the payload.</summary>
    /// <exception cref="InvalidOperationException">An annotation, or the contract's own schema, is faulty; the message says which and why.</exception>
    public static JsonObject Payload(Contract contract) => OwnSchema.Find(contract) ?? Describe(contract.MessageType!);

    /// <summary>The schema of the reply; null where there is none.</summary>
    /// <inheritdoc cref="Payload" path="/exception"/>
    public static JsonObject? Reply(Contract contract) => contract.ReplyType is { } reply ? Describe(reply) : null;

    /// <summary>
    /// What a payload must keep beyond being its record: the contract's own schema, or its record's annotations alone.
    /// Null where there is nothing.
    /// </summary>
    /// <inheritdoc cref="Payload" path="/exception"/>
    public static JsonObject? Constraints(Contract contract)
    {
        if (OwnSchema.Find(contract) is { } own)
        {
            return own;
        }

        var found = false;
        var constraints = Constrain(Export(contract.MessageType!), ref found);
        return found ? constraints as JsonObject : null;
    }

    /// <summary>The schema of a type as its JSON says it, the annotations apart.</summary>
    public static JsonNode Export(Type type) => PayloadJson.Options.GetJsonSchemaAsNode(
        type, new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Complete });

    private static JsonObject Describe(Type type)
    {
        var exported = Export(type);
        var references = new HashSet<string>(StringComparer.Ordinal);
        CollectReferences(exported, references);
        var schema = Merge(exported, "#", references) as JsonObject ?? [];
        schema.Insert(0, "$schema", Dialect);
        return schema;
    }

    /// <summary>Adds what the exporter leaves out: that a record without members has none, which elements may be null, and the annotations.</summary>
    private static JsonNode Complete(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject node)
        {
            return schema;
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && node.ContainsKey("type"))
        {
            node.TryAdd("properties", new JsonObject());
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && node.ContainsKey("properties"))
        {
            AddRules(context.TypeInfo, node);
        }

        if (node["items"] is not null && context.PropertyInfo?.AttributeProvider is PropertyInfo property)
        {
            MarkElements(node, new NullabilityInfoContext().Create(property));
        }

        return schema;
    }

    private static void AddRules(JsonTypeInfo type, JsonObject node)
    {
        if (SchemaRules.Describe(type.Type) is { } description)
        {
            node["description"] = description;
        }

        var rules = new JsonObject();
        foreach (var property in type.Properties)
        {
            if (SchemaRules.Of(property) is { Count: > 0 } found)
            {
                rules[property.Name] = found;
            }
        }

        if (rules.Count > 0)
        {
            node[RulesKey] = rules;
        }
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

    private static void CollectReferences(JsonNode? node, HashSet<string> references)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, member) in members)
            {
                if (name == "$ref" && member is JsonValue value && value.TryGetValue(out string? target))
                {
                    references.Add(target);
                }

                CollectReferences(member, references);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                CollectReferences(item, references);
            }
        }
    }

    /// <summary>The whole schema: each member's annotations at the member.</summary>
    private static JsonNode? Merge(JsonNode? node, string path, HashSet<string> references)
    {
        if (node is JsonArray array)
        {
            return new JsonArray([.. array.Select((item, i) => Merge(item, $"{path}/{i}", references))]);
        }

        if (node is not JsonObject members)
        {
            return node?.DeepClone();
        }

        var merged = new JsonObject();
        foreach (var (name, member) in members)
        {
            if (name != RulesKey)
            {
                merged[name] = Merge(member, $"{path}/{FieldReader.Escape(name)}", references);
            }
        }

        foreach (var (name, rules) in members[RulesKey] as JsonObject ?? [])
        {
            SchemaRules.Apply(merged, name, (JsonObject)rules!, inPlace: !references.Contains($"{path}/properties/{FieldReader.Escape(name)}"));
        }

        return merged;
    }

    /// <summary>
    /// The annotations alone, in the tree that leads to them. They stand at the type that has the members and not at the
    /// members, because references lead there from places that have other annotations.
    /// </summary>
    private static JsonNode? Constrain(JsonNode? node, ref bool found)
    {
        if (node is not JsonObject members)
        {
            return node?.DeepClone();
        }

        var kept = new JsonObject();
        foreach (var (name, member) in members)
        {
            switch (name)
            {
                case "properties":
                    var properties = new JsonObject();
                    foreach (var (property, schema) in (JsonObject)member!)
                    {
                        properties[property] = Constrain(schema, ref found);
                    }

                    kept[name] = properties;
                    break;
                case "items" or "additionalProperties":
                    kept[name] = Constrain(member, ref found);
                    break;
                case "anyOf":
                    kept[name] = ConstrainBranches((JsonArray)member!, ref found);
                    break;
                case "$ref":
                    kept[name] = member!.DeepClone();
                    break;
                default:
                    break;
            }
        }

        foreach (var (name, rules) in members[RulesKey] as JsonObject ?? [])
        {
            found |= SchemaRules.Apply(kept, name, (JsonObject)rules!, inPlace: false);
        }

        return kept;
    }

    /// <summary>The derived types of a polymorphic one, each told by its discriminator.</summary>
    private static JsonArray ConstrainBranches(JsonArray branches, ref bool found)
    {
        var kept = new JsonArray();
        foreach (var branch in branches)
        {
            var one = Constrain(branch, ref found);
            if (one is JsonObject constrained && branch is JsonObject { } whole)
            {
                foreach (var (name, member) in whole["properties"] as JsonObject ?? [])
                {
                    if (member?["const"] is { } discriminator)
                    {
                        constrained["properties"]![name] = new JsonObject { ["const"] = discriminator.DeepClone() };
                        constrained["required"] = new JsonArray(name);
                    }
                }
            }

            kept.Add(one);
        }

        return kept;
    }
}
