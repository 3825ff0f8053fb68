using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace OrleansAgents.Security;

/// <summary>
/// Sealed bytes as JSON: an object whose member <c>sealed</c> holds nonce, ciphertext and tag in Base64 of the URL
/// alphabet, without padding.
/// </summary>
internal static class SealedText
{
    private const int OnStack = 1024;
    private const int Beside = PayloadKey.NonceBytes + PayloadKey.TagBytes;

    /// <summary>Seals under the key's next nonce.</summary>
    public static byte[] Write(PayloadKey key, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> context)
    {
        Span<byte> nonce = stackalloc byte[PayloadKey.NonceBytes];
        key.NextNonce(nonce);
        return Write(key, nonce, prefix, plain, context);
    }

    public static byte[] Write(PayloadKey key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> context)
    {
        var length = plain.Length + Beside;
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var closed = rented is null ? stackalloc byte[length] : rented.AsSpan(0, length);
        nonce.CopyTo(closed);
        key.Seal(plain, context, closed);
        var encoded = Base64Url.GetEncodedLength(length);
        var text = GC.AllocateUninitializedArray<byte>(prefix.Length + encoded + 2);
        prefix.CopyTo(text);
        Base64Url.EncodeToUtf8(closed, text.AsSpan(prefix.Length));
        "\"}"u8.CopyTo(text.AsSpan(prefix.Length + encoded));
        Return(rented);
        return text;
    }

    /// <summary>Gives what was sealed; false where it is not what the key sealed in this context.</summary>
    /// <param name="key">The key.</param>
    /// <param name="text">The member's value, as it stands in the JSON.</param>
    /// <param name="context">What was sealed along with it.</param>
    /// <param name="plain">What was sealed; empty where this is false.</param>
    public static bool TryOpen(PayloadKey key, ReadOnlySpan<byte> text, ReadOnlySpan<byte> context, out ReadOnlyMemory<byte> plain)
    {
        plain = default;
        var most = Base64Url.GetMaxDecodedLength(text.Length);
        if (most <= Beside)
        {
            return false;
        }

        // It is opened where it is decoded, so that a large one is written to memory once.
        var closed = GC.AllocateUninitializedArray<byte>(most);
        // One text for one ciphertext: neither blanks nor padding within.
        if (Base64Url.DecodeFromUtf8(text, closed, out _, out var decoded) != OperationStatus.Done || Base64Url.GetEncodedLength(decoded) != text.Length
            || !key.TryOpen(closed.AsSpan(0, decoded), context, closed.AsSpan(PayloadKey.NonceBytes, decoded - Beside)))
        {
            return false;
        }

        plain = closed.AsMemory(PayloadKey.NonceBytes, decoded - Beside);
        return true;
    }

    /// <summary>The value of the member <c>sealed</c> of an object that has it alone; for any other JSON nothing, or no Base64.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> payload)
    {
        var prefix = "{\"sealed\":\""u8;
        if (payload.Length > prefix.Length + 2 && payload.StartsWith(prefix) && payload.EndsWith("\"}"u8))
        {
            // Where it ends before, what follows is no Base64.
            return payload[prefix.Length..^2];
        }

        return Find(payload, out _, alone: true);
    }

    /// <summary>The value of the member <c>sealed</c>, and what the member <c>encryption</c> beside it says.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> json, out PayloadEncryption? encryption, bool alone = false)
    {
        encryption = null;
        ReadOnlySpan<byte> found = default;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("sealed"u8) && found.IsEmpty && reader.Read() && reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped)
                {
                    found = reader.ValueSpan;
                }
                else if (!alone && encryption is null && reader.ValueTextEquals("encryption"u8))
                {
                    encryption = JsonSerializer.Deserialize<PayloadEncryption>(ref reader, Messaging.PayloadJson.Options);
                }
                else
                {
                    return default;
                }
            }

            return reader.Read() ? default : found;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
