namespace OrleansAgents.Tests.Golden;

/// <summary>A clock that stands, so that the same bytes come each time.</summary>
internal sealed class StillTime(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
