using System.Buffers.Binary;
using System.Numerics;

namespace OrleansAgents.Security;

/// <summary>Goes once over a JSON text and stops where it is not canonical. Whether the bytes are UTF-8 is not its question.</summary>
internal ref partial struct CanonicalJsonScan(ReadOnlySpan<byte> json, Span<int> starts, Span<int> ends)
{
    // For each level that is an object, where the name of its last member began and ended; -1 marks an array.
    private readonly Span<int> _starts = starts;
    private readonly Span<int> _ends = ends;
    private readonly ReadOnlySpan<byte> _json = json;
    private int _at;
    private int _depth;

    private readonly int Peek => _at < _json.Length ? _json[_at] : -1;

    public bool Run()
    {
        if (!Value())
        {
            return false;
        }

        while (_depth > 0)
        {
            var isArray = _starts[_depth - 1] < 0;
            var c = Peek;
            _at++;
            if (c == (isArray ? ']' : '}'))
            {
                _depth--;
            }
            else if (c != ',' || !(isArray ? Value() : Member()))
            {
                return false;
            }
        }

        return _at == _json.Length;
    }

    /// <summary>A value that is whole, or the first of an object or array that is entered.</summary>
    private bool Value()
    {
        while (true)
        {
            var c = Peek;
            switch (c)
            {
                case '"':
                    return Text();
                case '[':
                    if (!Enter(-1))
                    {
                        return false;
                    }

                    if (Peek == ']')
                    {
                        return Leave();
                    }

                    continue;
                case '{':
                    if (!Enter(0))
                    {
                        return false;
                    }

                    if (Peek == '}')
                    {
                        return Leave();
                    }

                    if (!Name())
                    {
                        return false;
                    }

                    continue;
                case 't':
                    return Literal("true"u8);
                case 'f':
                    return Literal("false"u8);
                case 'n':
                    return Literal("null"u8);
                default:
                    return Number();
            }
        }
    }

    private bool Member() => Name() && Value();

    private bool Enter(int mark)
    {
        if (_depth == CanonicalJson.MaxDepth)
        {
            return false;
        }

        _starts[_depth++] = mark;
        _at++;
        return true;
    }

    private bool Leave()
    {
        _depth--;
        _at++;
        return true;
    }

    private bool Name()
    {
        var start = _at + 1;
        if (Peek != '"' || !Text() || Peek != ':')
        {
            return false;
        }

        var end = _at - 1;
        _at++;
        ref var lastStart = ref _starts[_depth - 1];
        ref var lastEnd = ref _ends[_depth - 1];
        // A name never begins at 0, so that stands for none yet.
        var isNext = lastStart == 0 || CanonicalJsonNames.Compare(_json[lastStart..lastEnd], _json[start..end]) < 0;
        (lastStart, lastEnd) = (start, end);
        return isNext;
    }

    private bool Text()
    {
        _at++;
        while (true)
        {
            var rest = _json[_at..];
            var length = rest.Length >= sizeof(ulong) ? FindInFirst(rest) : 0;
            if (length == sizeof(ulong) || rest.Length < sizeof(ulong))
            {
                var found = rest[length..].IndexOfAny(CanonicalJson.Escaped);
                if (found < 0)
                {
                    return false;
                }

                length += found;
            }

            _at += length + 1;
            switch (_json[_at - 1])
            {
                case (byte)'"':
                    return true;
                case (byte)'\\' when Escape():
                    continue;
                default:
                    return false;
            }
        }
    }

    /// <summary>Where the first of what a text may not hold is in its first eight bytes; 8 for nowhere. Most names end there.</summary>
    private static int FindInFirst(ReadOnlySpan<byte> text)
    {
        const ulong Ones = 0x0101_0101_0101_0101, Highs = 0x8080_8080_8080_8080;
        var bytes = BinaryPrimitives.ReadUInt64LittleEndian(text);
        ulong quotes = bytes ^ (Ones * '"'), slashes = bytes ^ (Ones * '\\');
        // A borrow may mark bytes above the lowest that is marked rightly, and only that one is wanted.
        var marks = (((quotes - Ones) & ~quotes) | ((slashes - Ones) & ~slashes) | ((bytes - (Ones * 0x20)) & ~bytes)) & Highs;
        return BitOperations.TrailingZeroCount(marks) / 8;
    }

    private bool Escape()
    {
        var c = Peek;
        _at++;
        if (c is '"' or '\\' or 'b' or 't' or 'n' or 'f' or 'r')
        {
            return true;
        }

        if (c != 'u' || _json.Length - _at < 4 || !_json.Slice(_at, 2).SequenceEqual("00"u8))
        {
            return false;
        }

        byte high = _json[_at + 2], low = _json[_at + 3];
        _at += 4;
        // The controls that have an escape of their own are written with it.
        return high is (byte)'0' or (byte)'1' && low is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')
            && !(high == '0' && low is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'c' or (byte)'d');
    }

    private bool Literal(ReadOnlySpan<byte> literal)
    {
        var isThere = _json[_at..].StartsWith(literal);
        _at += literal.Length;
        return isThere;
    }
}
