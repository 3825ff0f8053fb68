namespace OrleansAgents.Hosting;

/// <summary>
/// The system's clock, with timestamps that count from the start of the process rather than of the machine. Orleans'
/// watchdog compares its first timestamp with zero where its threads start in the unlucky order, and would complain that
/// its checks have stood still since the machine was started.
/// </summary>
internal sealed class SinceStartTimeProvider : TimeProvider
{
    private readonly long _start = System.GetTimestamp();

    public override long GetTimestamp() => System.GetTimestamp() - _start;
}
