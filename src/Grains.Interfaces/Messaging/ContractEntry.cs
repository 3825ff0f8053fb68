using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansAgents.Messaging;

/// <summary>A contract with its schemas, as it stands in a list of contracts.</summary>
/// <param name="Type">The contract's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Query">Whether handling it changes nothing.</param>
/// <param name="UpcastFrom">The older versions that it is made from directly, ascending.</param>
/// <param name="Payload">The schema of the payload.</param>
/// <param name="Reply">The schema of the reply; null where there is none.</param>
internal sealed record ContractEntry(string Type, int Version, bool Query, IReadOnlyList<int> UpcastFrom, JsonObject Payload, JsonObject? Reply)
{
    public string Name => $"{Type} v{Version}";

    /// <inheritdoc cref="ContractSchema.Payload" path="/exception"/>
    public static ContractEntry Of(Contract contract) => new(
        contract.Name, contract.Version, contract.IsQuery, [.. FindOlder(contract).Order()], ContractSchema.Payload(contract), ContractSchema.Reply(contract));

    public JsonObject ToJson() => new()
    {
        ["type"] = Type,
        ["version"] = Version,
        ["query"] = Query,
        ["upcastFrom"] = new JsonArray([.. UpcastFrom.Select(v => JsonValue.Create(v))]),
        ["payload"] = Payload.DeepClone(),
        ["reply"] = Reply?.DeepClone(),
    };

    /// <exception cref="FormatException">The JSON is no contract.</exception>
    public static ContractEntry Read(JsonNode? json)
    {
        try
        {
            return json is JsonObject entry && entry["payload"] is JsonObject payload
                && (string?)entry["type"] is { } type && Contract.IsName(type) && (int)entry["version"]! is var version and >= 1
                ? new ContractEntry(
                    type, version, (bool?)entry["query"] ?? false,
                    [.. (entry["upcastFrom"] as JsonArray ?? []).Select(v => (int)v!)], (JsonObject)payload.DeepClone(), entry["reply"]?.DeepClone() as JsonObject)
                : throw new FormatException("A contract needs a type, a version and the schema of its payload.");
        }
        catch (Exception e) when (e is InvalidOperationException or NullReferenceException)
        {
            throw new FormatException("A member of a contract is of another kind than it must be.", e);
        }
    }

    private static IEnumerable<int> FindOlder(Contract contract) => contract.MessageType!.GetInterfaces()
        .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IUpcastFrom<,>) && i.GetGenericArguments()[1] == contract.MessageType)
        .Select(i => Contract.Of(i.GetGenericArguments()[0]).Version);
}

/// <summary>Contracts as a file, and as a property of a kind in the cluster's manifest.</summary>
internal static class ContractList
{
    private const int Format = 1;

    /// <summary>The list by name and version; of two equal names the first one stays.</summary>
    public static IReadOnlyList<ContractEntry> Order(IEnumerable<ContractEntry> entries) =>
        [.. entries.DistinctBy(e => (e.Type, e.Version)).OrderBy(e => e.Type, StringComparer.Ordinal).ThenBy(e => e.Version)];

    public static JsonObject ToJson(IEnumerable<ContractEntry> entries) => new()
    {
        ["format"] = Format,
        ["contracts"] = new JsonArray([.. entries.Select(e => e.ToJson())]),
    };

    /// <exception cref="FormatException">The text is no list of contracts; the message says why.</exception>
    public static IReadOnlyList<ContractEntry> Read(ReadOnlySpan<byte> utf8)
    {
        // The parser lets it stand, and whoever reads a name of it later fails.
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            throw new FormatException("it is no valid UTF-8.");
        }

        JsonNode? json;
        try
        {
            json = JsonNode.Parse(utf8, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is no JSON, at line {e.LineNumber + 1}.", e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("it is no JSON: a member's name has half of a surrogate pair.", e);
        }

        if (json is not JsonObject list || list["contracts"] is not JsonArray contracts || list["format"] is not JsonValue format || !format.TryGetValue(out int number))
        {
            throw new FormatException("it is no list of contracts; `agents contracts export` writes one.");
        }

        return number == Format
            ? Order(contracts.Select(ContractEntry.Read))
            : throw new FormatException($"it is of format {number}, and this program reads format {Format}; use a newer one.");
    }

    public static string Pack(IEnumerable<ContractEntry> entries)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zip.Write(JsonSerializer.SerializeToUtf8Bytes(ToJson(entries)));
        }

        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }

    public static IReadOnlyList<ContractEntry> Unpack(string packed)
    {
        using var zip = new GZipStream(new MemoryStream(Convert.FromBase64String(packed)), CompressionMode.Decompress);
        using var json = new MemoryStream();
        zip.CopyTo(json);
        return Read(json.GetBuffer().AsSpan(0, (int)json.Length));
    }
}
