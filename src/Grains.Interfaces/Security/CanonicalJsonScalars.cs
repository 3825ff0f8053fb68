using System.Runtime.CompilerServices;
using static OrleansAgents.Security.CanonicalJsonScan;

namespace OrleansAgents.Security;

/// <summary>
/// Goes over the numbers and literals of a JSON text, and stops where one is not canonical. As <see cref="CanonicalJsonScan"/>,
/// takes the place where one begins and gives the place behind it, or -1.
/// </summary>
internal static class CanonicalJsonScalars
{
    private const long LargestWhole = 1L << 53;

    /// <param name="json">The text.</param>
    /// <param name="at">Where it begins.</param>
    /// <param name="first">What stands there.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Scan(ReadOnlySpan<byte> json, int at, byte first) =>
        (uint)(first - '1') <= 8 ? Whole(json, at)
        : first is (byte)'t' or (byte)'f' or (byte)'n' ? Literal(json, at, first)
        : Number(json, at);

    private static int Literal(ReadOnlySpan<byte> json, int at, byte first)
    {
        var literal = first == 't' ? "true"u8 : first == 'f' ? "false"u8 : "null"u8;
        return json[at..].StartsWith(literal) ? at + literal.Length : Fault;
    }

    /// <summary>A number that begins with a digit above zero: most are whole and short.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Whole(ReadOnlySpan<byte> json, int start)
    {
        var at = start + 1;
        byte c;
        while ((uint)((c = At(json, at)) - '0') <= 9)
        {
            at++;
        }

        // Of the brackets that close, one is the other with this bit.
        return (c == ',' || (c | 0x20) == '}') && at - start <= 15 ? at : Number(json, start);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Number(ReadOnlySpan<byte> json, int start)
    {
        var first = At(json, start) == '-' ? start + 1 : start;
        var at = first;
        var whole = 0L;
        byte c;
        while ((uint)((c = At(json, at)) - '0') <= 9 && at - first < 17)
        {
            whole = (whole * 10) + c - '0';
            at++;
        }

        var digits = at - first;
        if (digits == 0 || (digits > 1 && json[first] == '0'))
        {
            return Fault;
        }

        if (c == '.')
        {
            return Fraction(json, start, at, digits);
        }

        return digits > 16 || whole > LargestWhole || c is (byte)'e' or (byte)'E' ? Double(json, start)
            : whole != 0 || first == start ? at
            : Fault;
    }

    /// <summary>Fifteen digits come back from a double as they were, so that it needs not be made.</summary>
    private static int Fraction(ReadOnlySpan<byte> json, int start, int point, int digits)
    {
        var at = point + 1;
        while (At(json, at) is >= (byte)'0' and <= (byte)'9' && at - start <= CanonicalJsonNumber.MaxLength)
        {
            at++;
        }

        var decimals = at - point - 1;
        if (decimals == 0 || json[at - 1] == '0' || digits + decimals > 15 || At(json, at) is (byte)'e' or (byte)'E')
        {
            return Double(json, start);
        }

        // Below 1e-6 the exponent form is the canonical one.
        return json[point - 1] != '0' || digits > 1 || decimals <= 5 || json.Slice(point + 1, 6).IndexOfAnyExcept((byte)'0') >= 0 ? at : Fault;
    }

    private static int Double(ReadOnlySpan<byte> json, int start)
    {
        var at = start;
        while (At(json, at) is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+' or (byte)'.' or (byte)'e' or (byte)'E')
        {
            if (++at - start > CanonicalJsonNumber.MaxLength)
            {
                return Fault;
            }
        }

        Span<byte> printed = stackalloc byte[CanonicalJsonNumber.MaxLength];
        return CanonicalJsonNumber.TryPrint(json[start..at], printed, out var length) && printed[..length].SequenceEqual(json[start..at]) ? at : Fault;
    }
}
