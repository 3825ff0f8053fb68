using System.Security.Cryptography;

namespace OrleansAgents.Audit;

/// <summary>The hash that binds an entry to the one before it.</summary>
internal static class AuditHash
{
    public const string Plain = "sha256";
    public const string KeyedPrefix = "hmac-sha256:";

    /// <summary>What stands before the first entry.</summary>
    public static string Zero { get; } = new('0', 2 * SHA256.HashSizeInBytes);

    public static string Algorithm(AuditKey? key) => key is null ? Plain : KeyedPrefix + key.Name;

    /// <summary>The hash over the one before and an entry's canonical JSON without its own.</summary>
    public static string Of(string previous, ReadOnlySpan<byte> entry, AuditKey? key)
    {
        var hashed = new byte[SHA256.HashSizeInBytes + entry.Length];
        Convert.FromHexString(previous, hashed, out _, out _);
        entry.CopyTo(hashed.AsSpan(SHA256.HashSizeInBytes));
        return Convert.ToHexStringLower(key is null ? SHA256.HashData(hashed) : key.Hash(hashed));
    }

    /// <summary>Gives an entry its place behind another, or the first where there is none.</summary>
    public static AuditEntry Seal(AuditEntry entry, string agent, AuditHead? before, AuditKey? key)
    {
        var placed = entry with
        {
            Sequence = (before?.Sequence ?? 0) + 1,
            Agent = before is null ? agent : null,
            Algorithm = Algorithm(key),
        };
        return placed with { Hash = Of(before?.Hash ?? Zero, AuditJson.ToHashed(placed), key) };
    }
}
