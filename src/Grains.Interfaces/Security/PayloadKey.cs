using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>
/// One key of 256 bits. Its nonces are random in the first 64 bits, drawn once per process, and count in the last 32
/// (NIST SP 800-38D, 8.2.1), so that none comes twice and none is asked of the random source. Thread-safe.
/// </summary>
internal sealed class PayloadKey
{
    public const int SecretBytes = 32, NonceBytes = 12, TagBytes = 16;

    private readonly byte[] _secret;

    // The cipher is not thread-safe and costs more to make than to use.
    private readonly ConcurrentBag<AesGcm> _more = [];
    private AesGcm? _free;
    private NonceBlock _nonces;

    public PayloadKey(string id, byte[] secret, long firstCount = 0)
    {
        (Id, _secret, _nonces) = (id, secret, new NonceBlock(firstCount));
        MessagePrefix = "{\"sealed\":\""u8.ToArray();
        ReplyPrefix = System.Text.Encoding.UTF8.GetBytes(
            $"{{\"encryption\":{{\"algorithm\":\"{PayloadEncryption.Aes256Gcm}\",\"keyId\":\"{id}\"}},\"sealed\":\"");
        Encryption = new PayloadEncryption(id, PayloadEncryption.Aes256Gcm);
        Extras = new EnvelopeExtras { Encryption = Encryption };
    }

    public string Id { get; }

    /// <summary>What an envelope says of a payload sealed with it.</summary>
    public PayloadEncryption Encryption { get; }

    /// <summary>The rare fields of a message that has no others.</summary>
    public EnvelopeExtras Extras { get; }

    /// <summary>How a sealed payload begins.</summary>
    public byte[] MessagePrefix { get; }

    /// <summary>How a sealed reply begins.</summary>
    public byte[] ReplyPrefix { get; }

    public bool IsSame(string id, ReadOnlySpan<byte> secret) => Id == id && CryptographicOperations.FixedTimeEquals(_secret, secret);

    public void NextNonce(Span<byte> nonce)
    {
        while (true)
        {
            var block = Volatile.Read(ref _nonces);
            var count = Interlocked.Increment(ref block.Count) - 1;
            if (count <= uint.MaxValue)
            {
                BinaryPrimitives.WriteUInt64BigEndian(nonce, block.Random);
                BinaryPrimitives.WriteUInt32BigEndian(nonce[8..], (uint)count);
                return;
            }

            Interlocked.CompareExchange(ref _nonces, new NonceBlock(0), block);
        }
    }

    /// <summary>Puts the ciphertext and the tag behind the nonce that <paramref name="output"/> begins with.</summary>
    public void Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> context, Span<byte> output)
    {
        var aes = Rent();
        aes.Encrypt(output[..NonceBytes], plain, output.Slice(NonceBytes, plain.Length), output.Slice(NonceBytes + plain.Length, TagBytes), context);
        Return(aes);
    }

    /// <summary>False where it is not what was sealed with this key and context.</summary>
    public bool TryOpen(ReadOnlySpan<byte> closed, ReadOnlySpan<byte> context, Span<byte> plain)
    {
        var aes = Rent();
        try
        {
            aes.Decrypt(closed[..NonceBytes], closed.Slice(NonceBytes, plain.Length), closed[(NonceBytes + plain.Length)..], plain, context);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            Return(aes);
        }
    }

    private AesGcm Rent() => Interlocked.Exchange(ref _free, null) ?? (_more.TryTake(out var aes) ? aes : new AesGcm(_secret, TagBytes));

    private void Return(AesGcm aes)
    {
        if (Interlocked.CompareExchange(ref _free, aes, null) is not null)
        {
            _more.Add(aes);
        }
    }

    private sealed class NonceBlock(long count)
    {
        public readonly ulong Random = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        public long Count = count;
    }
}
