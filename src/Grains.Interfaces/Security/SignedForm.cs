using System.Globalization;
using System.Runtime.CompilerServices;
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
    /// <param name="key">The key that signs it.</param>
    /// <param name="sentAt">When it was sent.</param>
    /// <param name="payload">The payload's bytes as they are to stand there.</param>
    public void Write(Envelope message, AgentId recipient, HashKey key, DateTimeOffset? sentAt, ReadOnlySpan<byte> payload)
    {
        // What a message has without its payload, so that most need no second look for room.
        Reserve(payload.Length + 1024);
        if (message.Extras is { } extras)
        {
            Id(",\"causationId\":\""u8, extras.CausationId);
            Text(",\"conversationId\":\""u8, extras.ConversationId);
            Id(",\"correlationId\":\""u8, extras.CorrelationId);
            WriteEncryption(extras.Encryption);
            Time(",\"expiresAt\":\""u8, message.ExpiresAt);
            WriteHeaders(extras.Headers);
        }
        else
        {
            Time(",\"expiresAt\":\""u8, message.ExpiresAt);
        }

        Id(",\"id\":\""u8, message.Id);
        Raw(",\"payload\":"u8);
        Raw(payload);
        Address(",\"recipient\":\""u8, recipient);
        Address(",\"sender\":\""u8, message.Sender);
        Time(",\"sentAt\":\""u8, sentAt);
        Raw(key.SignatureMember);
        Raw(",\"type\":\""u8);
        _length += Encoding.ASCII.GetBytes(message.Type, Reserve(message.Type.Length));
        Raw("\",\"version\":"u8);
        message.Version.TryFormat(Reserve(11), out var digits, provider: CultureInfo.InvariantCulture);
        _length += digits;
        Raw("}"u8);
        // Whichever member came first, there is none before it.
        _bytes[0] = (byte)'{';
    }

    /// <summary>Room for so many bytes more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Grow(count);
        }

        return _bytes.AsSpan(_length);
    }

    private void Grow(int count) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    private void WriteEncryption(PayloadEncryption? encryption)
    {
        if (encryption is not null)
        {
            Text(",\"encryption\":{\"algorithm\":\""u8, encryption.Algorithm);
            Text(",\"keyId\":\""u8, encryption.KeyId);
            Raw("}"u8);
        }
    }

    private void WriteHeaders(IReadOnlyDictionary<string, string>? headers)
    {
        if (headers is null or { Count: 0 })
        {
            return;
        }

        var start = _length + ",\"headers\":"u8.Length;
        Raw(",\"headers\":"u8);
        foreach (var (name, value) in headers.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            Text(",\""u8, name);
            Text(":\""u8, value);
        }

        _bytes[start] = (byte)'{';
        Raw("}"u8);
    }

    /// <param name="name">What stands before the value, its quotation mark too.</param>
    /// <param name="id">The value; null for no such member.</param>
    private void Id(ReadOnlySpan<byte> name, MessageId? id)
    {
        if (id is { } value)
        {
            Raw(name);
            var span = Reserve(37);
            value.Value.TryFormat(span, out _);
            span[36] = (byte)'"';
            _length += 37;
        }
    }

    /// <inheritdoc cref="Id"/>
    private void Time(ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is not { } value)
        {
            return;
        }

        Raw(name);
        var span = Reserve(29);
        // Always 28 characters, the last but one a digit: 2026-01-31T12:00:00.0000000Z.
        value.UtcDateTime.TryFormat(span, out _, "O", provider: null);
        var length = span[..27].LastIndexOfAnyExcept((byte)'0') + 1;
        length -= span[length - 1] == '.' ? 1 : 0;
        span[length] = (byte)'Z';
        span[length + 1] = (byte)'"';
        _length += length + 2;
    }

    /// <inheritdoc cref="Id"/>
    private void Address(ReadOnlySpan<byte> name, AgentId address)
    {
        Raw(name);
        _length += Encoding.ASCII.GetBytes(address.Kind, Reserve(address.Kind.Length));
        Raw("/"u8);
        WriteText(address.Key);
    }

    /// <inheritdoc cref="Id"/>
    private void Text(ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            Raw(name);
            WriteText(text);
        }
    }

    /// <summary>A text and the quotation mark behind it.</summary>
    private void WriteText(string text)
    {
        _length += CanonicalText.WriteEscaped(text, Reserve(text.Length * 6));
        Raw("\""u8);
    }
}
