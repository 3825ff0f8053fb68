namespace OrleansAgents.Sending;

/// <summary>A line of the file; <see cref="Bytes"/> is null when it was longer than a message may be.</summary>
internal readonly record struct Line(long Number, byte[]? Bytes, long Length);

/// <summary>Reads lines of any length from a stream of any length, keeping no more than one line of the limit.</summary>
internal sealed class LineReader(Stream input, int limit)
{
    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly MemoryStream _line = new();
    private int _at, _end;
    private long _number, _length;

    /// <summary>How many bytes were taken from the stream so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The next line that is not blank; null at the end.</summary>
    public async ValueTask<Line?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_at == _end && !await FillAsync(cancellationToken))
            {
                return _length == 0 ? null : Take();
            }

            var rest = _buffer.AsSpan(_at, _end - _at);
            var newline = rest.IndexOf((byte)'\n');
            Append(newline < 0 ? rest : rest[..newline]);
            _at = newline < 0 ? _end : _at + newline + 1;
            if (newline >= 0 && Take() is { } line)
            {
                return line;
            }
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _at = 0;
        _end = await input.ReadAsync(_buffer, cancellationToken);
        BytesRead += _end;
        return _end > 0;
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        _length += part.Length;
        // A few bytes beyond the limit, for the carriage return that may end a line and the mark that may begin the first.
        if (_length <= limit + 1 + Mark.Length)
        {
            _line.Write(part);
        }
    }

    private Line? Take()
    {
        _number++;
        var kept = _line.GetBuffer().AsSpan(0, (int)_line.Length);
        var length = _length;
        // A pipe may give it byte by byte, so it is looked for in the whole line.
        if (_number == 1 && kept.StartsWith(Mark))
        {
            kept = kept[Mark.Length..];
            length -= Mark.Length;
        }

        if (length == kept.Length && kept is [.., (byte)'\r'])
        {
            kept = kept[..^1];
            length--;
        }

        Line? line = length > limit ? new Line(_number, null, length)
            : kept.Trim(" \t\r"u8).IsEmpty ? null
            : new Line(_number, kept.ToArray(), length);
        _line.SetLength(0);
        _length = 0;
        return line;
    }
}
