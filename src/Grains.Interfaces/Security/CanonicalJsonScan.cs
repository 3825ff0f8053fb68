using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OrleansAgents.Security;

/// <summary>
/// Goes once over a JSON text and stops where it is not canonical. Whether the bytes are UTF-8 is not its question. Each
/// part takes the place where it begins and gives the place behind it, or -1, which is no place for the next.
/// </summary>
internal static class CanonicalJsonScan
{
    private const int Fault = -1, IsArray = -1;
    private const long LargestWhole = 1L << 53;

    public static bool Run(ReadOnlySpan<byte> json)
    {
        // For each level that is an object, where the name of its last member began and ended.
        Span<int> starts = stackalloc int[CanonicalJson.MaxDepth], ends = stackalloc int[CanonicalJson.MaxDepth];
        int at = 0, depth = 0;
        while (true)
        {
            var c = At(json, at);
            if (c is (byte)'{' or (byte)'[')
            {
                if (At(json, at + 1) == c + 2)
                {
                    at = depth < CanonicalJson.MaxDepth ? at + 2 : Fault;
                }
                else if (depth == CanonicalJson.MaxDepth)
                {
                    return false;
                }
                else
                {
                    starts[depth] = c == '[' ? IsArray : 0;
                    at = c == '[' ? at + 1 : Name(json, at + 1, ref starts[depth], ref ends[depth]);
                    depth++;
                    continue;
                }
            }
            else
            {
                at = c == '"' ? Text(json, at + 1) : c is (byte)'t' or (byte)'f' or (byte)'n' ? Literal(json, at, c) : Number(json, at);
            }

            if ((at = Leave(json, at, starts, ends, ref depth)) < 0 || depth == 0)
            {
                return at == json.Length;
            }
        }
    }

    /// <summary>Behind a value: closes what ends there, up to the next value.</summary>
    private static int Leave(ReadOnlySpan<byte> json, int at, Span<int> starts, Span<int> ends, ref int depth)
    {
        while (at >= 0 && depth > 0)
        {
            ref var start = ref starts[depth - 1];
            var c = At(json, at);
            if (c == ',')
            {
                return start == IsArray ? at + 1 : Name(json, at + 1, ref start, ref ends[depth - 1]);
            }

            if (c != (start == IsArray ? ']' : '}'))
            {
                return Fault;
            }

            at++;
            depth--;
        }

        return at;
    }

    private static byte At(ReadOnlySpan<byte> json, int at) => (uint)at < (uint)json.Length ? json[at] : (byte)0;

    /// <summary>A member's name, up to its value.</summary>
    private static int Name(ReadOnlySpan<byte> json, int at, ref int lastStart, ref int lastEnd)
    {
        if (At(json, at) != '"')
        {
            return Fault;
        }

        var colon = Text(json, at + 1);
        var (start, end) = (at + 1, colon - 1);
        // A name never begins at 0, so that stands for none yet.
        if (At(json, colon) != ':' || (lastStart != 0 && !CanonicalJsonNames.IsBefore(json[lastStart..lastEnd], json[start..end])))
        {
            return Fault;
        }

        (lastStart, lastEnd) = (start, end);
        return colon + 1;
    }

    private static int Text(ReadOnlySpan<byte> json, int at)
    {
        ref var first = ref MemoryMarshal.GetReference(json);
        while (true)
        {
            // Most texts end within the first sixteen bytes.
            if (Vector128.IsHardwareAccelerated && json.Length - at >= Vector128<byte>.Count)
            {
                var bytes = Vector128.LoadUnsafe(ref first, (nuint)at);
                var special = Vector128.Equals(bytes, Vector128.Create((byte)'"'))
                    | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                    | Vector128.LessThan(bytes, Vector128.Create((byte)0x20));
                var bits = special.ExtractMostSignificantBits();
                if (bits == 0)
                {
                    at += Vector128<byte>.Count;
                    continue;
                }

                at += BitOperations.TrailingZeroCount(bits);
            }

            var c = At(json, at++);
            if (c == '"')
            {
                return at;
            }

            if (c < 0x20 || (c == '\\' && (at = Escape(json, at)) < 0))
            {
                return Fault;
            }
        }
    }

    private static int Escape(ReadOnlySpan<byte> json, int at)
    {
        var c = At(json, at++);
        if (c is (byte)'"' or (byte)'\\' or (byte)'b' or (byte)'t' or (byte)'n' or (byte)'f' or (byte)'r')
        {
            return at;
        }

        if (c != 'u' || json.Length - at < 4 || !json.Slice(at, 2).SequenceEqual("00"u8))
        {
            return Fault;
        }

        byte high = json[at + 2], low = json[at + 3];
        // The controls that have an escape of their own are written with it.
        return high is (byte)'0' or (byte)'1' && low is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')
            && !(high == '0' && low is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'c' or (byte)'d')
            ? at + 4
            : Fault;
    }

    private static int Literal(ReadOnlySpan<byte> json, int at, byte first)
    {
        var literal = first == 't' ? "true"u8 : first == 'f' ? "false"u8 : "null"u8;
        return json[at..].StartsWith(literal) ? at + literal.Length : Fault;
    }

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
