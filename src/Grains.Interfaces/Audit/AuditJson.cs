using System.Buffers;
using System.Globalization;
using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Audit;

/// <summary>Entries of audit logs as canonical JSON, at rest and in files.</summary>
internal static class AuditJson
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    /// <summary>The whole entry, as it is kept and exported.</summary>
    public static byte[] ToBytes(AuditEntry entry) => Write(entry, withHash: true);

    /// <summary>What the entry's hash is over, beside the hash before it.</summary>
    public static byte[] ToHashed(AuditEntry entry) => Write(entry, withHash: false);

    public static string Name(Outcome outcome) => outcome switch
    {
        Outcome.Accepted => "accepted",
        Outcome.Refused => "refused",
        Outcome.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static Outcome OutcomeOf(string? name) => name switch
    {
        "accepted" => Outcome.Accepted,
        "refused" => Outcome.Refused,
        "failed" => Outcome.Failed,
        _ => throw new FormatException("The outcome is none."),
    };

    /// <exception cref="InvalidDataException">The bytes are no entry.</exception>
    public static AuditEntry Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return new AuditEntry
            {
                Sequence = root.GetProperty("sequence").GetInt64(),
                At = DateTimeOffset.ParseExact(Text(root, "at")!, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                Agent = Text(root, "agent"),
                Id = Text(root, "id") is { } id ? Guid.Parse(id) : null,
                Type = Text(root, "type"),
                Version = root.TryGetProperty("version", out var version) ? version.GetInt32() : null,
                Sender = Text(root, "sender"),
                Outcome = OutcomeOf(Text(root, "outcome")),
                Code = Text(root, "code"),
                Count = root.TryGetProperty("count", out var count) ? count.GetInt64() : null,
                Algorithm = Text(root, "algorithm")!,
                Hash = Text(root, "hash")!,
            };
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new InvalidDataException($"An entry of an audit log cannot be read: {e.Message}", e);
        }
    }

    // In the ordinal order of the names, as the canonical form has them.
    private static byte[] Write(AuditEntry entry, bool withHash)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var json = new CanonicalMembers(buffer);
        json.Add("agent", entry.Agent);
        json.Add("algorithm", entry.Algorithm);
        json.Add("at", entry.At.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
        json.Add("code", entry.Code);
        json.Add("count", entry.Count);
        json.Add("hash", withHash ? entry.Hash : null);
        json.Add("id", entry.Id?.ToString("D"));
        json.Add("outcome", Name(entry.Outcome));
        json.Add("sender", entry.Sender);
        json.Add("sequence", entry.Sequence);
        json.Add("type", entry.Type);
        json.Add("version", entry.Version);
        json.End();
        return buffer.WrittenSpan.ToArray();
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
}
