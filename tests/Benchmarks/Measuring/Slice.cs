namespace OrleansAgents.Tests.Measuring;

/// <summary>What one slice of time came to.</summary>
/// <param name="Calls">Calls answered.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Processor">What processor time this process used meanwhile, its collector's too.</param>
/// <param name="Bytes">What this process allocated meanwhile.</param>
internal sealed record Slice(long Calls, TimeSpan Elapsed, TimeSpan Processor, long Bytes)
{
    public double CallsPerSecond => Calls / Elapsed.TotalSeconds;

    public double CallsPerProcessorSecond => Calls / Processor.TotalSeconds;

    public double BytesPerCall => (double)Bytes / Calls;
}
