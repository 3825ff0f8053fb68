namespace OrleansAgents.Security;

/// <content>Numbers: most are seen to be as ECMAScript prints them without making a double of them.</content>
internal ref partial struct CanonicalJsonScan
{
    private const long LargestWhole = 1L << 53;

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
