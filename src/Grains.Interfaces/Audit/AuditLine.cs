using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace OrleansAgents.Audit;

/// <summary>
/// A line of an exported log as it stands there, with members that this version does not know: they are hashed like all
/// others.
/// </summary>
/// <param name="Sequence">The entry's sequence.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Algorithm">How the hash is made.</param>
/// <param name="At">When; null where it says none.</param>
/// <param name="Agent">The agent that the log is of; null where it says none.</param>
/// <param name="Hashed">The canonical JSON that the hash is over.</param>
internal sealed record AuditLine(long Sequence, string Hash, string Algorithm, string? At, string? Agent, ReadOnlyMemory<byte> Hashed)
{
    private const int HashLength = 64;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a line; null for one that is no entry.</summary>
    public static AuditLine? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static AuditLine? Read(JsonElement root)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var hashed = new CanonicalMembers(buffer);
        foreach (var member in root.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            if (member.NameEquals("hash"))
            {
                continue;
            }

            if (member.Value.ValueKind == JsonValueKind.String)
            {
                hashed.Add(member.Name, member.Value.GetString());
            }
            else if (IsWhole(member.Value, out var number))
            {
                hashed.Add(member.Name, number);
            }
            else
            {
                return null;
            }
        }

        hashed.End();
        return Text(root, "hash") is { Length: HashLength } hash && !hash.AsSpan().ContainsAnyExcept(LowerHex)
            && Text(root, "algorithm") is { } algorithm && root.TryGetProperty("sequence", out var place) && IsWhole(place, out var sequence)
            ? new AuditLine(sequence, hash, algorithm, Text(root, "at"), Text(root, "agent"), buffer.WrittenMemory)
            : null;
    }

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    // Only as it would be written: 1.0 and 1e0 are the same number and other bytes.
    private static bool IsWhole(JsonElement value, out long number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out number)
            && value.GetRawText() == number.ToString(CultureInfo.InvariantCulture);
    }

    // What a terminal would obey is none of ours: the file is somebody else's.
    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString()! is var text && !text.Any(char.IsControl) ? text : null;
}
