using System.Globalization;

namespace OrleansAgents.Commands;

/// <summary>Durations as people write them: seconds, or a number with <c>ms</c>, <c>s</c> or <c>m</c>.</summary>
internal static class DurationText
{
    private const double LongestMilliseconds = int.MaxValue;

    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("", 1000)];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var (unit, factor) = Units.First(u => text.EndsWith(u.Unit, StringComparison.Ordinal));
        if (!double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * factor is not (>= 1 and <= LongestMilliseconds))
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(number * factor);
        return true;
    }
}
