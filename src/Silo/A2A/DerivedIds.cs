using System.Security.Cryptography;
using System.Text;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>Ids that come out the same for the same words, and different for any others.</summary>
internal static class DerivedIds
{
    private const int OnStack = 512;

    /// <summary>A UUID of the words, RFC 9562 version 8. Words that hold a NUL are told apart, too: each is counted.</summary>
    public static MessageId Of(params ReadOnlySpan<string> words)
    {
        var length = 0;
        foreach (var word in words)
        {
            length += Encoding.UTF8.GetMaxByteCount(word.Length) + sizeof(int);
        }

        var text = length <= OnStack ? stackalloc byte[OnStack] : new byte[length];
        var written = 0;
        foreach (var word in words)
        {
            var bytes = Encoding.UTF8.GetBytes(word, text[(written + sizeof(int))..]);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(text[written..], bytes);
            written += sizeof(int) + bytes;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..written], hash);
        hash[6] = (byte)(0x80 | (hash[6] & 0x0F));
        hash[8] = (byte)(0x80 | (hash[8] & 0x3F));
        return new MessageId(new Guid(hash[..16], bigEndian: true));
    }
}
