using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>
/// The bytes of a message that a signature covers: its members in the canonical form of RFC 8785, without those that change
/// on its way (<c>hops</c>, <c>traceparent</c>, <c>tracestate</c>) and without the signature's own value.
/// </summary>
internal sealed class SignedForm
{
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static SignedForm? t_free;

    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private bool _isFirst;

    public ReadOnlySpan<byte> Bytes => _output.WrittenSpan;

    public static SignedForm Rent()
    {
        var form = t_free ?? new SignedForm();
        t_free = null;
        return form;
    }

    public void Return()
    {
        if (_output.Capacity <= LargestKept)
        {
            _output.ResetWrittenCount();
            t_free = this;
        }
    }

    /// <param name="message">The message.</param>
    /// <param name="recipient">Whom it is for: an event was signed for its topic.</param>
    /// <param name="keyId">The key that signs it.</param>
    /// <param name="sentAt">When it was sent.</param>
    /// <exception cref="CanonicalJsonException">The payload has no canonical form.</exception>
    public void Write(Envelope message, AgentId recipient, string keyId, DateTimeOffset? sentAt)
    {
        var extras = message.Extras;
        _isFirst = true;
        Id("causationId"u8, extras?.CausationId);
        Text("conversationId"u8, extras?.ConversationId);
        Id("correlationId"u8, extras?.CorrelationId);
        if (extras?.Encryption is { } encryption)
        {
            Name("encryption"u8);
            WriteKey(encryption.Algorithm, encryption.KeyId);
        }

        Time("expiresAt"u8, message.ExpiresAt);
        WriteHeaders(extras?.Headers);
        Id("id"u8, message.Id);
        Name("payload"u8);
        if (message.IsCanonical)
        {
            _output.Write(message.PayloadJson.Span);
        }
        else
        {
            CanonicalJson.Write(message.PayloadJson.Span, _output);
        }

        Address("recipient"u8, recipient);
        Address("sender"u8, message.Sender);
        Time("sentAt"u8, sentAt);
        Name("signature"u8);
        WriteKey(MessageSignature.HmacSha256, keyId);
        Text("type"u8, message.Type);
        Name("version"u8);
        message.Version.TryFormat(_output.GetSpan(11), out var digits, provider: CultureInfo.InvariantCulture);
        _output.Advance(digits);
        _output.Write("}"u8);
    }

    private void WriteKey(string algorithm, string keyId)
    {
        _isFirst = true;
        Text("algorithm"u8, algorithm);
        Text("keyId"u8, keyId);
        _output.Write("}"u8);
        _isFirst = false;
    }

    private void WriteHeaders(IReadOnlyDictionary<string, string>? headers)
    {
        if (headers is null or { Count: 0 })
        {
            return;
        }

        Name("headers"u8);
        _isFirst = true;
        foreach (var (name, value) in headers.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            _output.Write(_isFirst ? "{"u8 : ","u8);
            _isFirst = false;
            WriteText(name);
            _output.Write(":"u8);
            WriteText(value);
        }

        _output.Write("}"u8);
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        var span = _output.GetSpan(name.Length + 4);
        span[0] = _isFirst ? (byte)'{' : (byte)',';
        span[1] = (byte)'"';
        name.CopyTo(span[2..]);
        span[name.Length + 2] = (byte)'"';
        span[name.Length + 3] = (byte)':';
        _output.Advance(name.Length + 4);
        _isFirst = false;
    }

    private void Id(ReadOnlySpan<byte> name, MessageId? id)
    {
        if (id is { } value)
        {
            Name(name);
            var span = _output.GetSpan(38);
            span[0] = (byte)'"';
            value.Value.TryFormat(span[1..], out _);
            span[37] = (byte)'"';
            _output.Advance(38);
        }
    }

    private void Time(ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is not { } value)
        {
            return;
        }

        Name(name);
        var span = _output.GetSpan(30);
        span[0] = (byte)'"';
        // Always 28 characters, the last but one a digit: 2026-01-31T12:00:00.0000000Z.
        value.UtcDateTime.TryFormat(span[1..], out _, "O", CultureInfo.InvariantCulture);
        var length = 27;
        while (span[length] == '0')
        {
            length--;
        }

        length = span[length] == '.' ? length : length + 1;
        span[length] = (byte)'Z';
        span[length + 1] = (byte)'"';
        _output.Advance(length + 2);
    }

    private void Address(ReadOnlySpan<byte> name, AgentId address)
    {
        Name(name);
        var span = _output.GetSpan((address.Kind.Length + (address.Key.Length * 3)) + 3);
        span[0] = (byte)'"';
        var length = Encoding.ASCII.GetBytes(address.Kind, span[1..]) + 1;
        span[length++] = (byte)'/';
        if (address.Key.AsSpan().ContainsAny('"', '\\'))
        {
            _output.Advance(length);
            WriteEscaped(address.Key);
            _output.Write("\""u8);
            return;
        }

        length += Encoding.UTF8.GetBytes(address.Key, span[length..]);
        span[length++] = (byte)'"';
        _output.Advance(length);
    }

    private void Text(ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            Name(name);
            WriteText(text);
        }
    }

    private void WriteText(string text)
    {
        _output.Write("\""u8);
        WriteEscaped(text);
        _output.Write("\""u8);
    }

    private void WriteEscaped(string text)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAny(Special);
            plain = plain < 0 ? rest.Length : plain;
            var span = _output.GetSpan(plain * 3);
            if (Utf8.FromUtf16(rest[..plain], span, out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
            {
                throw new CanonicalJsonException(RefusalCodes.MalformedJson, "A text of the message has half of a surrogate pair.", "");
            }

            _output.Advance(written);
            if (plain == rest.Length)
            {
                return;
            }

            WriteEscape(rest[plain]);
            rest = rest[(plain + 1)..];
        }
    }

    private void WriteEscape(char character)
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
            var span = _output.GetSpan(6);
            "\\u00"u8.CopyTo(span);
            span[4] = (byte)((character >> 4) + '0');
            span[5] = (byte)"0123456789abcdef"[character & 0xF];
            _output.Advance(6);
        }
        else
        {
            _output.Write(escape);
        }
    }

    private static readonly SearchValues<char> Special =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);
}
