using System.Buffers;
using System.Text.Unicode;
using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>Texts as the canonical form of JSON has them, without the quotation marks.</summary>
internal static class CanonicalText
{
    private static readonly SearchValues<char> Special =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    /// <summary>Writes a text, and gives its length. Six bytes for each character are room enough.</summary>
    /// <exception cref="CanonicalJsonException">The text has half of a surrogate pair.</exception>
    public static int WriteEscaped(string text, Span<byte> output)
    {
        var rest = text.AsSpan();
        var length = 0;
        while (true)
        {
            var plain = rest.IndexOfAny(Special);
            plain = plain < 0 ? rest.Length : plain;
            if (Utf8.FromUtf16(rest[..plain], output[length..], out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
            {
                throw new CanonicalJsonException(RefusalCodes.MalformedJson, "A text of the message has half of a surrogate pair.", "");
            }

            length += written;
            if (plain == rest.Length)
            {
                return length;
            }

            length += Escape(rest[plain], output[length..]);
            rest = rest[(plain + 1)..];
        }
    }

    private static int Escape(char character, Span<byte> output)
    {
        var one = character switch
        {
            '"' or '\\' => (byte)character,
            '\b' => (byte)'b',
            '\t' => (byte)'t',
            '\n' => (byte)'n',
            '\f' => (byte)'f',
            '\r' => (byte)'r',
            _ => default,
        };
        if (one != 0)
        {
            output[0] = (byte)'\\';
            output[1] = one;
            return 2;
        }

        "\\u00"u8.CopyTo(output);
        output[4] = (byte)((character >> 4) + '0');
        output[5] = (byte)"0123456789abcdef"[character & 0xF];
        return 6;
    }
}
