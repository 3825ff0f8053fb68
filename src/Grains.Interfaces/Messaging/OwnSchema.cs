using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansAgents.Messaging;

/// <summary>The schema that a contract brings along, as an embedded resource of its record's assembly.</summary>
internal static class OwnSchema
{
    // What is not checked must not look as if it were: any other keyword is a fault.
    private static readonly HashSet<string> Rules = new(StringComparer.Ordinal)
    {
        "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format",
        "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "required", "$ref",
    };

    private static readonly HashSet<string> Notes = new(StringComparer.Ordinal)
    {
        "$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
    };

    private static readonly HashSet<string> Single = new(StringComparer.Ordinal) { "items", "additionalProperties", "not" };
    private static readonly HashSet<string> Lists = new(StringComparer.Ordinal) { "allOf", "anyOf", "oneOf" };
    private static readonly HashSet<string> Named = new(StringComparer.Ordinal) { "properties", "$defs", "definitions" };

    /// <summary>The contract's own schema; null where it has none.</summary>
    /// <exception cref="InvalidOperationException">It is missing, or no schema that payloads can be held to; the message says why and what to do.</exception>
    public static JsonObject? Find(Contract contract)
    {
        if (contract.MessageType?.GetCustomAttribute<ContractAttribute>()?.Schema is not { } name)
        {
            return null;
        }

        var place = $"[Contract(\"{contract.Name}\", {contract.Version}, Schema = \"{name}\")] on {contract.MessageType}";
        try
        {
            var schema = JsonNode.Parse(Open(contract.MessageType.Assembly, name, place), documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new InvalidOperationException($"{place} names a file that is no JSON object, and so no schema.");
            Check(schema, "#", schema, place);
            schema.TryAdd("$schema", ContractSchema.Dialect);
            return schema;
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{place} names a file that is no JSON, at line {e.LineNumber + 1}.", e);
        }
    }

    private static Stream Open(Assembly assembly, string name, string place)
    {
        // The build puts the root namespace and the folder before a file's name, unless it is told a LogicalName.
        var found = assembly.GetManifestResourceNames().Where(r => r == name || r.EndsWith("." + name, StringComparison.Ordinal)).ToArray();
        return found.Length == 1
            ? assembly.GetManifestResourceStream(found[0])!
            : throw new InvalidOperationException(found.Length == 0
                ? $"{place} names a schema that the assembly {assembly.GetName().Name} lacks; add <EmbeddedResource Include=\"{name}\" LogicalName=\"{name}\" /> to its project."
                : $"{place} names a schema that the assembly {assembly.GetName().Name} has more than once: {string.Join(", ", found)}; write the whole name of one.");
    }

    private static void Check(JsonNode? node, string path, JsonObject root, string place)
    {
        if (node is JsonValue value && value.TryGetValue(out bool _))
        {
            return;
        }

        if (node is not JsonObject schema)
        {
            throw new InvalidOperationException($"{place} names a file that is no schema: at {path} stands neither an object nor true or false.");
        }

        foreach (var (keyword, content) in schema)
        {
            var at = $"{path}/{FieldReader.Escape(keyword)}";
            if (Single.Contains(keyword))
            {
                Check(content, at, root, place);
            }
            else if (Lists.Contains(keyword) && content is JsonArray branches)
            {
                for (var i = 0; i < branches.Count; i++)
                {
                    Check(branches[i], $"{at}/{i}", root, place);
                }
            }
            else if (Named.Contains(keyword) && content is JsonObject members)
            {
                foreach (var (name, member) in members)
                {
                    Check(member, $"{at}/{FieldReader.Escape(name)}", root, place);
                }
            }
            else if (!Notes.Contains(keyword))
            {
                CheckRule(keyword, content, at, root, place);
            }
        }
    }

    private static void CheckRule(string keyword, JsonNode? content, string at, JsonObject root, string place)
    {
        if (!Rules.Contains(keyword))
        {
            throw new InvalidOperationException($"{place} names a schema with the keyword '{keyword}' at {at}, which is not checked here, or in another form; leave it out. docs/contracts.md lists those that are.");
        }

        if (keyword == "$ref" && ((string?)content is not { } target || SchemaPointer.Find(root, target) is null))
        {
            throw new InvalidOperationException($"{place} names a schema that refers at {at} to what it does not hold; write a reference within it, such as #/$defs/line.");
        }

        if (keyword == "pattern")
        {
            try
            {
                _ = new System.Text.RegularExpressions.Regex((string)content!, System.Text.RegularExpressions.RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            }
            catch (ArgumentException e)
            {
                throw new InvalidOperationException($"{place} names a schema whose pattern at {at} is none: {e.Message}", e);
            }
        }
    }
}

/// <summary>References within a schema: <c>#</c> and a JSON pointer (RFC 6901).</summary>
internal static class SchemaPointer
{
    /// <summary>What a reference leads to; null where it leads nowhere or out of the schema.</summary>
    public static JsonNode? Find(JsonNode root, string reference)
    {
        if (!reference.StartsWith('#') || (reference.Length > 1 && reference[1] != '/'))
        {
            return null;
        }

        JsonNode? at = root;
        foreach (var part in reference.Split('/').Skip(1).Select(p => Uri.UnescapeDataString(p).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            at = at switch
            {
                JsonObject members => members[part],
                JsonArray items when int.TryParse(part, out var index) && index < items.Count => items[index],
                _ => null,
            };
        }

        return at;
    }
}
