using System.Globalization;

namespace OrleansAgents.Security;

/// <summary>Numbers as ECMAScript prints doubles: the fewest digits that give the same double, in plain form from 1e-6 to below 1e21.</summary>
internal static class CanonicalJsonNumber
{
    /// <summary>The longest: a sign, "0.00000" and 17 digits.</summary>
    public const int MaxLength = 25;

    private const int MaxDigits = 17;

    /// <summary>Prints a number of JSON's grammar; false for one whose value is another than that of what would be printed.</summary>
    public static bool TryPrint(ReadOnlySpan<byte> number, Span<byte> output, out int written)
    {
        written = 0;
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            return false;
        }

        Span<byte> text = stackalloc byte[32];
        Span<byte> digits = stackalloc byte[MaxDigits];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        var shortest = Split(text[..length], digits, out var point);
        // A digit more than the double holds could be altered, and nobody would notice.
        Span<byte> same = stackalloc byte[MaxDigits];
        var given = Split(number, same, out var givenPoint);
        if (given != shortest || givenPoint != point || !digits[..shortest].SequenceEqual(same[..shortest]))
        {
            return false;
        }

        written = Print(value < 0, digits[..shortest], point, output);
        return true;
    }

    /// <summary>
    /// The digits of a number without the zeros around them, whose value is 0.digits × 10^point. Gives their number, which is
    /// 0 for zero, and -1 for more than a double ever has.
    /// </summary>
    private static int Split(ReadOnlySpan<byte> number, Span<byte> digits, out int point)
    {
        int count = 0, zeros = 0;
        var at = number[0] == '-' ? 1 : 0;
        var isFraction = false;
        point = 0;
        for (; at < number.Length && (number[at] | 0x20) != 'e'; at++)
        {
            var c = number[at];
            if (c == '.')
            {
                isFraction = true;
            }
            else if (c == '0')
            {
                zeros += count > 0 ? 1 : 0;
                point += isFraction ? (count > 0 ? 0 : -1) : (count > 0 ? 1 : 0);
            }
            else
            {
                if (count + zeros >= digits.Length)
                {
                    return -1;
                }

                digits.Slice(count, zeros).Fill((byte)'0');
                count += zeros;
                digits[count++] = c;
                zeros = 0;
                point += isFraction ? 0 : 1;
            }
        }

        point = count == 0 ? 0 : at < number.Length ? AddExponent(point, number[(at + 1)..]) : point;
        return count;
    }

    private static int AddExponent(int point, ReadOnlySpan<byte> exponent)
    {
        // Far outside of what a double holds it does not matter how far.
        const int Far = 1_000_000_000;
        var sum = 0L;
        foreach (var c in exponent)
        {
            sum = c is (byte)'-' or (byte)'+' ? 0 : Math.Min((sum * 10) + c - '0', Far);
        }

        return (int)Math.Clamp(exponent[0] == '-' ? point - sum : point + sum, -Far, Far);
    }

    private static int Print(bool isNegative, ReadOnlySpan<byte> digits, int point, Span<byte> output)
    {
        var at = 0;
        if (digits.IsEmpty)
        {
            output[at++] = (byte)'0';
            return at;
        }

        if (isNegative)
        {
            output[at++] = (byte)'-';
        }

        if (point is > 0 and <= 21)
        {
            var whole = Math.Min(point, digits.Length);
            at = Append(output, at, digits[..whole]);
            output.Slice(at, point - whole).Fill((byte)'0');
            at += point - whole;
            return digits.Length > whole ? Append(output, Append(output, at, "."u8), digits[whole..]) : at;
        }

        if (point is > -6 and <= 0)
        {
            at = Append(output, at, "0."u8);
            output.Slice(at, -point).Fill((byte)'0');
            return Append(output, at - point, digits);
        }

        output[at++] = digits[0];
        if (digits.Length > 1)
        {
            at = Append(output, Append(output, at, "."u8), digits[1..]);
        }

        at = Append(output, at, point > 0 ? "e+"u8 : "e-"u8);
        Math.Abs(point - 1).TryFormat(output[at..], out var written, default, CultureInfo.InvariantCulture);
        return at + written;
    }

    private static int Append(Span<byte> output, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(output[at..]);
        return at + text.Length;
    }
}
