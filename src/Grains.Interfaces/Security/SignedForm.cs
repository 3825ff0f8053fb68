using System.Buffers;
using System.Globalization;
using System.Text;
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

    private byte[] _bytes = new byte[1024];
    private int _length;
    private bool _isFirst;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public static SignedForm Rent()
    {
        var form = t_free ?? new SignedForm();
        t_free = null;
        return form;
    }

    public void Return()
    {
        if (_bytes.Length <= LargestKept)
        {
            _length = 0;
            t_free = this;
        }
    }

    /// <param name="message">The message.</param>
    /// <param name="recipient">Whom it is for: an event was signed for its topic.</param>
    /// <param name="keyId">The key that signs it.</param>
    /// <param name="sentAt">When it was sent.</param>
    /// <param name="payload">The payload's bytes as they are to stand there.</param>
    public void Write(Envelope message, AgentId recipient, string keyId, DateTimeOffset? sentAt, ReadOnlySpan<byte> payload)
    {
        // What a message has without its payload, so that most need no second look for room.
        Reserve(payload.Length + 1024);
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
        Raw(payload);
        Address("recipient"u8, recipient);
        Address("sender"u8, message.Sender);
        Time("sentAt"u8, sentAt);
        Raw(",\"signature\":{\"algorithm\":\"HMAC-SHA256\",\"keyId\":\""u8);
        Ascii(keyId);
        Raw("\"},\"type\":\""u8);
        Ascii(message.Type);
        Raw("\""u8);
        Name("version"u8);
        message.Version.TryFormat(Reserve(11), out var digits, provider: CultureInfo.InvariantCulture);
        _length += digits;
        Raw("}"u8);
    }

    private void WriteEscaped(string text) => _length += CanonicalText.WriteEscaped(text, Reserve(text.Length * 6));

    /// <summary>Room for so many bytes more.</summary>
    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }

        return _bytes.AsSpan(_length);
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    private void WriteKey(string algorithm, string keyId)
    {
        _isFirst = true;
        Text("algorithm"u8, algorithm);
        Text("keyId"u8, keyId);
        Raw("}"u8);
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
            Raw(_isFirst ? "{"u8 : ","u8);
            _isFirst = false;
            WriteText(name);
            Raw(":"u8);
            WriteText(value);
        }

        Raw("}"u8);
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        var span = Reserve(name.Length + 4);
        span[0] = _isFirst ? (byte)'{' : (byte)',';
        span[1] = (byte)'"';
        name.CopyTo(span[2..]);
        span[name.Length + 2] = (byte)'"';
        span[name.Length + 3] = (byte)':';
        _length += name.Length + 4;
        _isFirst = false;
    }

    private void Id(ReadOnlySpan<byte> name, MessageId? id)
    {
        if (id is { } value)
        {
            Name(name);
            var span = Reserve(38);
            span[0] = (byte)'"';
            value.Value.TryFormat(span[1..], out _);
            span[37] = (byte)'"';
            _length += 38;
        }
    }

    private void Time(ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is not { } value)
        {
            return;
        }

        Name(name);
        var span = Reserve(30);
        span[0] = (byte)'"';
        // Always 28 characters, the last but one a digit: 2026-01-31T12:00:00.0000000Z.
        value.UtcDateTime.TryFormat(span[1..], out _, "O", provider: null);
        var length = 27;
        while (span[length] == '0')
        {
            length--;
        }

        length = span[length] == '.' ? length : length + 1;
        span[length] = (byte)'Z';
        span[length + 1] = (byte)'"';
        _length += length + 2;
    }

    private void Address(ReadOnlySpan<byte> name, AgentId address)
    {
        Name(name);
        var span = Reserve((address.Kind.Length + (address.Key.Length * 3)) + 3);
        span[0] = (byte)'"';
        var length = Encoding.ASCII.GetBytes(address.Kind, span[1..]) + 1;
        span[length++] = (byte)'/';
        if (address.Key.AsSpan().ContainsAny('"', '\\'))
        {
            _length += length;
            WriteEscaped(address.Key);
            Raw("\""u8);
            return;
        }

        length += Encoding.UTF8.GetBytes(address.Key, span[length..]);
        span[length++] = (byte)'"';
        _length += length;
    }

    private void Text(ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            Name(name);
            WriteText(text);
        }
    }

    /// <summary>A name that is known to need no escapes.</summary>
    private void Ascii(string name) => _length += Encoding.ASCII.GetBytes(name, Reserve(name.Length));

    private void WriteText(string text)
    {
        Raw("\""u8);
        WriteEscaped(text);
        Raw("\""u8);
    }
}
