namespace OrleansAgents.Tests.Measuring;

/// <summary>
/// Compares two variants in one run, slice beside slice, so that what disturbs the machine disturbs both. The ratio is
/// the median of the ratios of neighbours.
/// </summary>
internal sealed class PairedRun(BenchmarkOptions options, double sliceSeconds = 0.25)
{
    private TimeSpan SliceLength { get; } = TimeSpan.FromSeconds(sliceSeconds);

    /// <summary>Our row and the reference's; none where the case was not asked for.</summary>
    public async Task<IReadOnlyList<Row>> RunAsync(string name, Variant ours, Variant raw)
    {
        if (!options.Includes(name))
        {
            return [];
        }

        await WarmUpAsync(ours, raw);
        var pairs = Math.Max(2, (int)(options.Seconds / (2 * SliceLength.TotalSeconds)));
        var oursSlices = new List<Slice>();
        var rawSlices = new List<Slice>();
        for (var i = 0; i < pairs; i++)
        {
            // Whoever comes second finds what the first left behind, so they take turns at it.
            var oursFirst = i % 2 == 0;
            (oursFirst ? oursSlices : rawSlices).Add(await (oursFirst ? ours : raw).RunAsync(SliceLength));
            (oursFirst ? rawSlices : oursSlices).Add(await (oursFirst ? raw : ours).RunAsync(SliceLength));
        }

        double[] ratios = [.. oursSlices.Zip(rawSlices, (a, b) => a.CallsPerSecond / b.CallsPerSecond)];
        var overall = oursSlices.Sum(s => s.Calls) / oursSlices.Sum(s => s.Elapsed.TotalSeconds)
            / (rawSlices.Sum(s => s.Calls) / rawSlices.Sum(s => s.Elapsed.TotalSeconds));
        // Where others use the machine too, this is what can be compared.
        var byProcessor = Statistics.Median([.. oursSlices.Zip(rawSlices, (a, b) => a.CallsPerProcessorSecond / b.CallsPerProcessorSecond)]);
        var spread = $"quartiles {Statistics.Percentile(ratios, 0.25):0.00} to {Statistics.Percentile(ratios, 0.75):0.00}, {pairs} pairs, {overall:0.00} over all, {byProcessor:0.00} by processor time";
        return
        [
            Describe(name, ours, oursSlices, Statistics.Median(ratios), spread),
            Describe(name + " (raw)", raw, rawSlices, 1, ""),
        ];
    }

    private async Task WarmUpAsync(Variant ours, Variant raw)
    {
        // Long enough for the tiers of the compiler to settle; in slices, because their profiles mix in use too.
        var slices = (int)Math.Ceiling(Math.Clamp(options.Seconds * 0.4, 0.5, 4) / SliceLength.TotalSeconds);
        for (var i = 0; i < slices; i++)
        {
            await ours.RunAsync(SliceLength);
            await raw.RunAsync(SliceLength);
        }

        ours.Latencies.Clear();
        raw.Latencies.Clear();
    }

    private static Row Describe(string name, Variant variant, List<Slice> slices, double ratio, string note) => new(name)
    {
        OpsPerSecond = Statistics.Median([.. slices.Select(s => s.CallsPerSecond)]),
        P50Us = variant.Latencies.Percentile(0.5),
        P99Us = variant.Latencies.Percentile(0.99),
        BytesPerOp = Statistics.Median([.. slices.Select(s => s.BytesPerCall)]),
        Ratio = ratio,
        Note = note,
    };
}
