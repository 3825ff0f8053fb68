namespace OrleansAgents.Security;

/// <summary>Goes once over a JSON text and stops where it is not canonical. Whether the bytes are UTF-8 is not its question.</summary>
internal ref struct CanonicalJsonScan(ReadOnlySpan<byte> json, Span<int> starts, Span<int> ends)
{
    private const long LargestWhole = 1L << 53;

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
            var length = _json[_at..].IndexOfAny(CanonicalJson.Escaped);
            if (length < 0)
            {
                return false;
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

    private bool Number()
    {
        var start = _at;
        _at += Peek == '-' ? 1 : 0;
        var first = _at;
        var whole = 0L;
        for (; Peek is >= '0' and <= '9' && _at - first < 17; _at++)
        {
            whole = (whole * 10) + _json[_at] - '0';
        }

        var digits = _at - first;
        if (digits == 0 || (digits > 1 && _json[first] == '0'))
        {
            return false;
        }

        if (Peek == '.')
        {
            return Fraction(start, digits);
        }

        return digits <= 16 && whole <= LargestWhole && Peek is not ('e' or 'E')
            ? whole != 0 || first == start
            : Double(start);
    }

    /// <summary>Fifteen digits come back from a double as they were, so that it needs not be made.</summary>
    private bool Fraction(int start, int digits)
    {
        var point = _at++;
        while (Peek is >= '0' and <= '9' && _at - start <= CanonicalJsonNumber.MaxLength)
        {
            _at++;
        }

        var decimals = _at - point - 1;
        if (decimals == 0 || _json[_at - 1] == '0' || digits + decimals > 15 || Peek is 'e' or 'E')
        {
            return Double(start);
        }

        // Below 1e-6 the exponent form is the canonical one.
        return _json[point - 1] != '0' || digits > 1 || decimals <= 5 || _json.Slice(point + 1, 6).IndexOfAnyExcept((byte)'0') >= 0;
    }

    private bool Double(int start)
    {
        _at = start;
        while (Peek is (>= '0' and <= '9') or '-' or '+' or '.' or 'e' or 'E')
        {
            if (++_at - start > CanonicalJsonNumber.MaxLength)
            {
                return false;
            }
        }

        Span<byte> printed = stackalloc byte[CanonicalJsonNumber.MaxLength];
        return CanonicalJsonNumber.TryPrint(_json[start.._at], printed, out var length)
            && printed[..length].SequenceEqual(_json[start.._at]);
    }
}
