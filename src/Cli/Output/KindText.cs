using System.Text.Json;
using OrleansAgents.Agents;

namespace OrleansAgents.Output;

/// <summary>Kinds and their contracts, for people and for programs.</summary>
internal static class KindText
{
    public static void Write(CommandOutput output, KindDescription kind)
    {
        if (output.Json)
        {
            output.Object(writer => WriteMembers(writer, kind));
            return;
        }

        var notes = string.Concat(kind.Durable ? " (durable)" : "", kind.AnyContract ? " (any contract)" : "", kind.Public ? " (public)" : "");
        output.Line(kind.Description is null ? kind.Kind + notes : $"{kind.Kind}{notes}: {kind.Description}");
        WriteLine(output, "capabilities", kind.Capabilities);
        WriteLine(output, "tags", kind.Tags);
        // What only the agent itself sends is nothing to send to it.
        foreach (var contract in kind.Contracts.Where(c => !c.Own))
        {
            var reply = contract.Reply is null ? "" : $" -> {contract.Reply}";
            output.Line($"  {contract.Type} v{contract.Version}{(contract.Query ? " (query)" : "")}{Upcast(kind, contract)} {contract.Payload}{reply}");
        }
    }

    public static void WriteNames(Utf8JsonWriter json, string member, IReadOnlyList<string> names)
    {
        json.WriteStartArray(member);
        foreach (var name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    private static void WriteLine(CommandOutput output, string what, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            output.Line($"  {what}: {string.Join(", ", names)}");
        }
    }

    private static string Upcast(KindDescription kind, ContractDescription contract) =>
        contract.UpcastTo is { } newer ? $" (made v{newer})"
        : FindOlder(kind, contract) is { Length: > 0 } older ? $" (also made from {string.Join(", ", older.Select(v => $"v{v}"))})"
        : "";

    private static int[] FindOlder(KindDescription kind, ContractDescription contract) =>
        [.. kind.Contracts.Where(c => c.Type == contract.Type && c.UpcastTo == contract.Version).Select(c => c.Version)];

    private static void WriteMembers(Utf8JsonWriter json, KindDescription kind)
    {
        json.WriteString("kind", kind.Kind);
        json.WriteBoolean("durable", kind.Durable);
        json.WriteBoolean("anyContract", kind.AnyContract);
        json.WriteBoolean("public", kind.Public);
        json.WriteString("description", kind.Description);
        WriteNames(json, "capabilities", kind.Capabilities);
        WriteNames(json, "tags", kind.Tags);
        json.WriteStartArray("contracts");
        foreach (var contract in kind.Contracts)
        {
            json.WriteStartObject();
            json.WriteString("type", contract.Type);
            json.WriteNumber("version", contract.Version);
            json.WriteBoolean("query", contract.Query);
            json.WriteBoolean("own", contract.Own);
            WriteUpcast(json, kind, contract);
            WriteShape(json, "payload", contract.Payload);
            WriteShape(json, "reply", contract.Reply);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteUpcast(Utf8JsonWriter json, KindDescription kind, ContractDescription contract)
    {
        if (contract.UpcastTo is { } newer)
        {
            json.WriteNumber("upcastTo", newer);
        }

        json.WriteStartArray("upcastFrom");
        foreach (var older in FindOlder(kind, contract))
        {
            json.WriteNumberValue(older);
        }

        json.WriteEndArray();
    }

    private static void WriteShape(Utf8JsonWriter json, string name, string? shape)
    {
        try
        {
            using var document = shape is null ? null : JsonDocument.Parse(shape);
            json.WritePropertyName(name);
            if (document is null)
            {
                json.WriteNullValue();
            }
            else
            {
                document.RootElement.WriteTo(json);
            }
        }
        catch (JsonException)
        {
            // The name of a type, such as integer, stands there as it is.
            json.WriteString(name, shape);
        }
    }
}
