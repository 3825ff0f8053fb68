using System.Buffers;

namespace OrleansAgents.A2A;

/// <summary>Reads the data of events from a <c>text/event-stream</c>, as the HTML standard has it, and no more than a number of bytes.</summary>
/// <param name="stream">What is read.</param>
/// <param name="most">The most bytes of all events together; comments do not count.</param>
internal sealed class EventLines(Stream stream, int most)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly ArrayBufferWriter<byte> _line = new(), _data = new();
    private int _at, _filled;
    private long _read;
    private bool _hasData, _isFirst = true, _afterReturn;

    /// <summary>Whether more came than may.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>The next event's data; null at the end, also where that comes in the middle of an event, and where it is too large.</summary>
    /// <param name="alive">Called for everything that comes, comments included.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async ValueTask<byte[]?> NextAsync(Action alive, CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_at < _filled)
            {
                if (Take() is { } data)
                {
                    return data;
                }

                if (IsTooLarge)
                {
                    return null;
                }
            }

            (_at, _filled) = (0, await stream.ReadAsync(_buffer, cancellationToken));
            if (_filled == 0)
            {
                return null;
            }

            alive();
        }
    }

    /// <summary>Takes what there is up to the end of a line, and gives the event that this ends; null where it ends none.</summary>
    private byte[]? Take()
    {
        if (_afterReturn && _buffer[_at] == '\n')
        {
            (_afterReturn, _at) = (false, _at + 1);
            return null;
        }

        _afterReturn = false;
        var rest = _buffer.AsSpan(_at, _filled - _at);
        var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
        var part = end < 0 ? rest : rest[..end];
        // A line of a comment that has no end is no event, and must not fill the memory either.
        if (_line.WrittenCount + part.Length > most)
        {
            IsTooLarge = true;
            return null;
        }

        _line.Write(part);
        _at += end < 0 ? part.Length : end + 1;
        if (end < 0)
        {
            return null;
        }

        _afterReturn = rest[end] == '\r';
        var data = EndLine(_line.WrittenSpan);
        _line.ResetWrittenCount();
        return data;
    }

    private byte[]? EndLine(ReadOnlySpan<byte> line)
    {
        line = _isFirst && line.StartsWith("\uFEFF"u8) ? line[3..] : line;
        _isFirst = false;
        if (line.IsEmpty)
        {
            var data = _hasData ? _data.WrittenSpan.ToArray() : null;
            _data.ResetWrittenCount();
            _hasData = false;
            return data;
        }

        var colon = line.IndexOf((byte)':');
        if (!(colon < 0 ? line : line[..colon]).SequenceEqual("data"u8))
        {
            return null;
        }

        var value = colon < 0 ? [] : line[(colon + 1)..];
        value = value.StartsWith(" "u8) ? value[1..] : value;
        _read += value.Length;
        if (_read > most)
        {
            IsTooLarge = true;
            return null;
        }

        if (_hasData)
        {
            _data.Write("\n"u8);
        }

        _data.Write(value);
        _hasData = true;
        return null;
    }
}
