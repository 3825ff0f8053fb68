using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace OrleansAgents.Security;

/// <summary>A key ready for use. Thread-safe: each caller borrows a hash of its own, so that the key is set up once and not per message.</summary>
internal sealed class HashKey
{
    public const int HashBytes = 32;
    public const int FewestSecretBytes = 32;

    private readonly byte[] _secret;
    private readonly byte[] _signatureMember;
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
        _signatureMember = Encoding.ASCII.GetBytes($$""","signature":{"algorithm":"{{MessageSignature.HmacSha256}}","keyId":"{{key.Id}}"}""");
        Use = key.Use;
        Identity = AddressPattern.TryParse(key.Identity, out var identity, out var fault)
            ? identity
            : throw new SecretKeyException($"The Identity of the key '{key.Id}': {fault}");
    }

    public string Id { get; }

    /// <summary>What stands of the signature in what it covers.</summary>
    public ReadOnlySpan<byte> SignatureMember => _signatureMember;

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

    /// <summary>
    /// Whether two hashes are the same. Takes as long wherever they differ: all that tells is made of every bit before
    /// anything is asked. The runtime's own comparison of any length goes byte by byte, which took a sixth of the hash.
    /// </summary>
    public static bool AreSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var left = MemoryMarshal.Cast<byte, ulong>(one[..HashBytes]);
        var right = MemoryMarshal.Cast<byte, ulong>(other[..HashBytes]);
        return ((left[0] ^ right[0]) | (left[1] ^ right[1]) | (left[2] ^ right[2]) | (left[3] ^ right[3])) == 0;
    }
}
