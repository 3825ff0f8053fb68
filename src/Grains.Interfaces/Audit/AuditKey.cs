using System.Security.Cryptography;

namespace OrleansAgents.Audit;

/// <summary>The key of an audit log's hashes. Whoever lacks it cannot make a chain that verifies.</summary>
internal sealed class AuditKey
{
    private const int LeastBytes = 32;
    private const int MostBytes = 64 * 1024;
    private const int NameBytes = 8;

    private readonly byte[] _secret;

    public AuditKey(ReadOnlySpan<byte> secret)
    {
        _secret = secret.ToArray();
        Name = Convert.ToHexStringLower(HMACSHA256.HashData(_secret, "agents.audit.key"u8).AsSpan(0, NameBytes));
    }

    /// <summary>What entries call the key: 16 hexadecimal digits, which do not give it away.</summary>
    public string Name { get; }

    /// <summary>Reads a key from a file: its bytes, without line ends behind them.</summary>
    /// <exception cref="InvalidDataException">The file holds no key; the message says why and what to do.</exception>
    public static AuditKey Read(string file)
    {
        byte[] bytes;
        try
        {
            using var stream = File.OpenRead(file);
            bytes = new byte[Math.Min(stream.Length, MostBytes + 1)];
            stream.ReadExactly(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidDataException($"The key file '{file}' cannot be read: {e.Message}", e);
        }

        var secret = bytes.AsSpan().TrimEnd("\r\n"u8);
        return secret.Length is >= LeastBytes and <= MostBytes
            ? new AuditKey(secret)
            : throw new InvalidDataException($"The key file '{file}' holds {(secret.Length > MostBytes ? $"more than {MostBytes}" : secret.Length)} bytes; a key has {LeastBytes} to {MostBytes}, such as `openssl rand -hex 32` writes.");
    }

    public byte[] Hash(ReadOnlySpan<byte> bytes) => HMACSHA256.HashData(_secret, bytes);
}
