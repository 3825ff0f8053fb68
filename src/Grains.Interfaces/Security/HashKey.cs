using System.Security.Cryptography;

namespace OrleansAgents.Security;

/// <summary>A key ready for use. Thread-safe: each caller borrows a hash of its own, so that the key is set up once and not per message.</summary>
internal sealed class HashKey
{
    public const int HashBytes = 32;
    public const int FewestSecretBytes = 32;

    private readonly byte[] _secret;
    private readonly IncrementalHash?[] _hashes = new IncrementalHash?[8];

    /// <exception cref="SecretKeyException">The key cannot be used.</exception>
    public HashKey(SigningKey key)
    {
        _secret = key.Read();
        if (_secret.Length < FewestSecretBytes)
        {
            throw new SecretKeyException($"The secret of the key '{key.Id}' has {_secret.Length} bytes; give {FewestSecretBytes} or more.");
        }

        Id = key.Id;
        Use = key.Use;
        Identity = AddressPattern.TryParse(key.Identity, out var identity, out var fault)
            ? identity
            : throw new SecretKeyException($"The Identity of the key '{key.Id}': {fault}");
    }

    public string Id { get; }

    public bool Use { get; }

    public AddressPattern Identity { get; }

    public void Compute(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        ref var place = ref _hashes[Thread.GetCurrentProcessorId() & 7];
        var borrowed = Interlocked.Exchange(ref place, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        borrowed.AppendData(data);
        borrowed.GetHashAndReset(hash);
        if (Interlocked.CompareExchange(ref place, borrowed, null) is not null)
        {
            borrowed.Dispose();
        }
    }
}
