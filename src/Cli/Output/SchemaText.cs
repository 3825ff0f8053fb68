using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansAgents.Messaging;

namespace OrleansAgents.Output;

/// <summary>Schemas, for people and for programs.</summary>
internal static class SchemaText
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(OneLine) { WriteIndented = true };

    public static string Write(JsonNode json, bool oneLine) => json.ToJsonString(oneLine ? OneLine : Indented);

    /// <summary>The contracts of a kind: one object, or each contract's schemas under its name.</summary>
    public static void Write(CommandOutput output, string kind, IReadOnlyList<ContractEntry> entries)
    {
        if (output.Json)
        {
            var json = ContractList.ToJson(entries);
            json.Insert(0, "kind", kind);
            output.Page(Write(json, oneLine: true));
            return;
        }

        foreach (var entry in entries)
        {
            output.Line($"{entry.Name}{(entry.Query ? " (query)" : "")}");
            output.Page($"payload {Write(entry.Payload, oneLine: false)}");
            if (entry.Reply is { } reply)
            {
                output.Page($"reply {Write(reply, oneLine: false)}");
            }
        }
    }
}
