namespace OrleansAgents.Tests.Measuring;

/// <summary>What one slice of time came to.</summary>
/// <param name="Calls">Calls answered.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Bytes">What this process allocated meanwhile.</param>
internal sealed record Slice(long Calls, TimeSpan Elapsed, long Bytes)
{
    public double CallsPerSecond => Calls / Elapsed.TotalSeconds;

    public double BytesPerCall => (double)Bytes / Calls;
}
