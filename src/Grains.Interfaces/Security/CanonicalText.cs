using System.Buffers;
using System.Text.Unicode;
using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>Texts as the canonical form of JSON has them, without the quotation marks.</summary>
internal static class CanonicalText
{
    /// <exception cref="CanonicalJsonException">The text has half of a surrogate pair.</exception>
    public static void WriteEscaped(string text, IBufferWriter<byte> output)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAny(Special);
            plain = plain < 0 ? rest.Length : plain;
            var span = output.GetSpan(plain * 3);
            if (Utf8.FromUtf16(rest[..plain], span, out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
            {
                throw new CanonicalJsonException(RefusalCodes.MalformedJson, "A text of the message has half of a surrogate pair.", "");
            }

            output.Advance(written);
            if (plain == rest.Length)
            {
                return;
            }

            WriteEscape(rest[plain], output);
            rest = rest[(plain + 1)..];
        }
    }

    private static void WriteEscape(char character, IBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> escape = character switch
        {
            '"' => "\\\""u8,
            '\\' => "\\\\"u8,
            '\b' => "\\b"u8,
            '\t' => "\\t"u8,
            '\n' => "\\n"u8,
            '\f' => "\\f"u8,
            '\r' => "\\r"u8,
            _ => [],
        };
        if (escape.IsEmpty)
        {
            var span = output.GetSpan(6);
            "\\u00"u8.CopyTo(span);
            span[4] = (byte)((character >> 4) + '0');
            span[5] = (byte)"0123456789abcdef"[character & 0xF];
            output.Advance(6);
        }
        else
        {
            output.Write(escape);
        }
    }

    private static readonly SearchValues<char> Special =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);
}
