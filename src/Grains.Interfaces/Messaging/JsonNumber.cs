using System.Globalization;
using System.Text;

namespace OrleansAgents.Messaging;

/// <summary>Numbers of JSON by their value, however large, without making them any number type.</summary>
internal static class JsonNumber
{
    // So that adding the digits before the point to an exponent cannot overflow.
    private const int MostExponentDigits = 17;

    /// <summary>
    /// Whether two numbers of JSON's grammar have one value, as 1 and 1.0e0 do. Those with exponents of more than 17 digits
    /// are one only where they are written alike.
    /// </summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.SequenceEqual(right) || (Normalize(left) is { } normal && normal == Normalize(right));

    /// <summary>The digits without the zeros around them, and where the point stands before them; null for an exponent too long.</summary>
    private static string? Normalize(ReadOnlySpan<byte> number)
    {
        var exponentAt = number.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = exponentAt < 0 ? number : number[..exponentAt];
        var isNegative = mantissa[0] == '-';
        mantissa = isNegative ? mantissa[1..] : mantissa;
        var dot = mantissa.IndexOf((byte)'.');
        var digits = Encoding.ASCII.GetString(mantissa).Replace(".", "", StringComparison.Ordinal);
        var shortened = digits.TrimStart('0');
        if (shortened.Length == 0)
        {
            return "0";
        }

        if (!TryReadExponent(exponentAt < 0 ? default : number[(exponentAt + 1)..], out var exponent))
        {
            return null;
        }

        var point = exponent + (dot < 0 ? mantissa.Length : dot) - (digits.Length - shortened.Length);
        return string.Create(CultureInfo.InvariantCulture, $"{(isNegative ? "-" : "")}{shortened.TrimEnd('0')}e{point}");
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        var isNegative = text.Length > 0 && text[0] == '-';
        var digits = text.TrimStart("+-"u8).TrimStart((byte)'0');
        if (digits.Length > MostExponentDigits)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            exponent = (exponent * 10) + digit - '0';
        }

        exponent = isNegative ? -exponent : exponent;
        return true;
    }
}
