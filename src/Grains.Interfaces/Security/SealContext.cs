using System.Globalization;
using System.Text;
using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>What is sealed along with a payload without being in it, so that it opens in its own message only.</summary>
internal static class SealContext
{
    /// <summary>More than the longest contract, sender and key id of a valid message take.</summary>
    public const int MaxBytes = 1152;

    /// <summary>What a reply's takes at most: the word, an id, a key id and the line breaks between.</summary>
    public const int ReplyBytes = 128;

    /// <summary>Room enough for what <see cref="Write"/> writes of a valid message.</summary>
    public static int Room(Envelope message, string keyId)
    {
        const int Version = 10, Between = 4;
        return Math.Min(
            MaxBytes, message.Type.Length + Version + message.Sender.Kind.Length + (message.Sender.Key.Length * 3) + keyId.Length + Between);
    }

    /// <summary>Type, version, sender and key id, with line breaks between; 0 where they are longer than in any valid message.</summary>
    public static int Write(Envelope message, string keyId, Span<byte> output)
    {
        var at = 0;
        return Append(message.Type, output, ref at) && Append((byte)'\n', output, ref at)
            && message.Version.TryFormat(output[at..], out var digits, default, CultureInfo.InvariantCulture) && (at += digits) > 0
            && Append((byte)'\n', output, ref at) && Append(message.Sender.Kind, output, ref at) && Append((byte)'/', output, ref at)
            && Append(message.Sender.Key, output, ref at) && Append((byte)'\n', output, ref at) && Append(keyId, output, ref at)
            ? at : 0;
    }

    /// <summary>The same for the reply to a message: its first line is the word <c>reply</c>, its second is that message's id.</summary>
    public static int WriteReply(MessageId request, string keyId, Span<byte> output)
    {
        "reply\n"u8.CopyTo(output);
        request.Value.TryFormat(output[6..], out var length, "D");
        var at = 6 + length;
        return Append((byte)'\n', output, ref at) && Append(keyId, output, ref at) ? at : 0;
    }

    private static bool Append(byte character, Span<byte> output, ref int at)
    {
        if ((uint)at >= (uint)output.Length)
        {
            return false;
        }

        output[at++] = character;
        return true;
    }

    private static bool Append(string text, Span<byte> output, ref int at)
    {
        var fits = Encoding.UTF8.TryGetBytes(text, output[at..], out var written);
        at += written;
        return fits;
    }
}
