namespace OrleansAgents.Security;

/// <summary>The order of members: by the UTF-16 units of their names, which are compared as UTF-8 with canonical escapes.</summary>
internal static class CanonicalJsonNames
{
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var shorter = Math.Min(left.Length, right.Length);
        for (var i = 0; i < shorter; i++)
        {
            byte a = left[i], b = right[i];
            if (a == '\\' || b == '\\')
            {
                return CompareEscaped(left, right);
            }

            if (a != b)
            {
                return Order(a, b);
            }
        }

        return left.Length - right.Length;
    }

    private static int CompareEscaped(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int i = 0, j = 0;
        while (i < left.Length && j < right.Length)
        {
            byte a = Next(left, ref i), b = Next(right, ref j);
            if (a != b)
            {
                return Order(a, b);
            }
        }

        return (left.Length - i) - (right.Length - j);
    }

    // UTF-8 sorts by code point. UTF-16 has the ones above U+FFFF, which begin with F0 to F4, as surrogates before U+E000,
    // which begins with EE.
    private static int Order(byte left, byte right) =>
        left >= 0xEE && right >= 0xEE && left >= 0xF0 != right >= 0xF0 ? right - left : left - right;

    private static byte Next(ReadOnlySpan<byte> name, ref int at)
    {
        var c = name[at++];
        if (c != '\\')
        {
            return c;
        }

        switch (name[at++])
        {
            case (byte)'b': return 8;
            case (byte)'t': return 9;
            case (byte)'n': return 10;
            case (byte)'f': return 12;
            case (byte)'r': return 13;
            case (byte)'u':
                at += 4;
                // Only controls are written so: \u00, then 0 or 1, then a lower-case digit.
                var low = name[at - 1];
                return (byte)(((name[at - 2] - '0') << 4) | (low <= '9' ? low - '0' : low - 'a' + 10));
            default: return name[at - 1];
        }
    }
}
