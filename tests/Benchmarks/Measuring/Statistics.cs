namespace OrleansAgents.Tests.Measuring;

internal static class Statistics
{
    public static double Median(IReadOnlyList<double> values) => Percentile(values, 0.5);

    /// <summary>The value at a share of the way from the least to the greatest, between neighbours where it falls there.</summary>
    public static double Percentile(IReadOnlyList<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        var at = share * (sorted.Length - 1);
        var low = (int)at;
        var high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }
}
