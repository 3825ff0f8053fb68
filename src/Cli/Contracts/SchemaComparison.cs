using System.Text.Json.Nodes;
using OrleansAgents.Messaging;

namespace OrleansAgents.Contracts;

/// <summary>Finds where a reader's schema takes less than what a sender's allows, and where it takes more.</summary>
internal sealed class SchemaComparison
{
    /// <summary>The rule of a member that the reader knows and the sender does not.</summary>
    public const string Absent = "properties, absent";

    private static readonly string[] Compound = ["anyOf", "oneOf", "allOf", "not"];

    // One of each, so that a place where a schema says nothing is known again.
    private static readonly JsonObject Anything = [];
    private static readonly JsonObject Nothing = new() { ["not"] = new JsonObject() };

    private readonly JsonObject _sentRoot;
    private readonly JsonObject _readRoot;
    private readonly List<SchemaDifference> _found = [];
    private readonly HashSet<(JsonNode, JsonNode)> _seen = [];

    private SchemaComparison(JsonObject sent, JsonObject read) => (_sentRoot, _readRoot) = (sent, read);

    public static IReadOnlyList<SchemaDifference> Compare(JsonObject sent, JsonObject read, string pointer)
    {
        var narrower = Find(sent, read, pointer);
        var pointers = narrower.Select(d => d.Pointer).ToHashSet(StringComparer.Ordinal);
        // What is narrower the other way round is wider.
        var wider = Find(read, sent, pointer).Where(d => !pointers.Contains(d.Pointer))
            .Select(d => d with { IsNarrower = false, Sent = d.Read, Read = d.Sent });
        return [.. narrower, .. wider];
    }

    private static List<SchemaDifference> Find(JsonObject sent, JsonObject read, string pointer)
    {
        var comparison = new SchemaComparison(sent, read);
        comparison.Visit(sent, read, pointer);
        return comparison._found;
    }

    private void Visit(JsonNode? sentNode, JsonNode? readNode, string pointer)
    {
        var (sent, read) = (Resolve(sentNode, _sentRoot), Resolve(readNode, _readRoot));
        if (!_seen.Add((sent, read)))
        {
            return;
        }

        if (!VisitTypes(sent, read, pointer))
        {
            return;
        }

        foreach (var (rule, sentValue, readValue) in SchemaBounds.FindNarrower(sent, read))
        {
            Report(pointer, rule, sentValue, readValue);
        }

        VisitMembers(sent, read, pointer);
        if (read["items"] is { } items)
        {
            Visit(sent["items"] ?? Anything, items, pointer + "/items");
        }

        VisitCompound(sent, read, pointer);
    }

    /// <summary>False where the types have nothing in common, so that nothing below need be compared.</summary>
    private bool VisitTypes(JsonObject sent, JsonObject read, string pointer)
    {
        var (sends, reads) = (SchemaTypes.Of(sent), SchemaTypes.Of(read));
        if (!sends.All(type => SchemaTypes.Takes(reads, type)))
        {
            Report(pointer, "type", SchemaTypes.ToJson(sends), SchemaTypes.ToJson(reads));
        }

        return sends.Any(type => SchemaTypes.Takes(reads, type));
    }

    private void VisitMembers(JsonObject sent, JsonObject read, string pointer)
    {
        var (sends, reads) = (sent["properties"] as JsonObject ?? [], read["properties"] as JsonObject ?? []);
        var (always, demanded) = (Names(sent), Names(read));
        foreach (var name in reads.Select(r => r.Key).Union(demanded, StringComparer.Ordinal))
        {
            var at = $"{pointer}/properties/{FieldReader.Escape(name)}";
            if (demanded.Contains(name) && !always.Contains(name))
            {
                Report(at, "required", sent: null, read: true);
            }
            else if (!sends.ContainsKey(name))
            {
                Report(at, Absent, sent: null, reads[name]);
            }

            if (sends[name] is { } member && reads[name] is { } taken)
            {
                Visit(member, taken, at);
            }
        }

        VisitFurther(sent, read, sends.Where(s => !reads.ContainsKey(s.Key)), pointer);
    }

    /// <summary>Members that the reader does not name: it takes all, none, or those of a form.</summary>
    private void VisitFurther(JsonObject sent, JsonObject read, IEnumerable<KeyValuePair<string, JsonNode?>> unknown, string pointer)
    {
        var further = read["additionalProperties"];
        foreach (var (name, member) in unknown)
        {
            var at = $"{pointer}/properties/{FieldReader.Escape(name)}";
            if (IsFalse(further))
            {
                Report(at, "additionalProperties", member, read: null);
            }
            else if (further is JsonObject)
            {
                Visit(member, further, at);
            }
        }

        if (IsFalse(further) && !IsFalse(sent["additionalProperties"]))
        {
            Report(pointer, "additionalProperties", sent["additionalProperties"] ?? true, further);
        }
        else if (further is JsonObject && !IsFalse(sent["additionalProperties"]))
        {
            Visit(sent["additionalProperties"] as JsonObject ?? Anything, further, pointer + "/additionalProperties");
        }
    }

    private void VisitCompound(JsonObject sent, JsonObject read, string pointer)
    {
        foreach (var keyword in Compound)
        {
            var (sends, reads) = (sent[keyword], read[keyword]);
            if (keyword == "anyOf" && sends is JsonArray sentForms && reads is JsonArray readForms)
            {
                VisitForms(sentForms, readForms, pointer);
            }
            else if (reads is not null && !JsonNode.DeepEquals(sends, reads))
            {
                // Whether one contains the other cannot be told in general, so the careful answer is no.
                Report($"{pointer}/{keyword}", keyword, sends, reads);
            }
        }
    }

    private void VisitForms(JsonArray sent, JsonArray read, string pointer)
    {
        for (var i = 0; i < sent.Count; i++)
        {
            var form = sent[i];
            var name = Discriminator(form);
            var match = read.FirstOrDefault(r => JsonNode.DeepEquals(r, form)) ?? (name is null ? null : read.FirstOrDefault(r => Discriminator(r) == name));
            if (match is null)
            {
                Report($"{pointer}/anyOf/{i}", "anyOf", form, read: null);
            }
            else
            {
                Visit(form, match, $"{pointer}/anyOf/{i}");
            }
        }
    }

    private static string? Discriminator(JsonNode? form) => (form?["properties"] as JsonObject)?
        .Where(p => p.Value is JsonObject member && member.ContainsKey("const")).Select(p => $"{p.Key}={p.Value!["const"]}").FirstOrDefault();

    private static HashSet<string> Names(JsonObject schema) =>
        (schema["required"] as JsonArray ?? []).Select(r => r?.ToString() ?? "").ToHashSet(StringComparer.Ordinal);

    private static bool IsFalse(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool takes) && !takes;

    private static JsonObject Resolve(JsonNode? node, JsonObject root)
    {
        for (var steps = 0; steps < 16 && node is JsonObject schema && (string?)schema["$ref"] is { } reference; steps++)
        {
            node = SchemaPointer.Find(root, reference);
        }

        return node as JsonObject ?? (IsFalse(node) ? Nothing : Anything);
    }

    private void Report(string pointer, string rule, JsonNode? sent, JsonNode? read) =>
        _found.Add(new SchemaDifference(pointer, rule, IsNarrower: true, sent, read));
}
