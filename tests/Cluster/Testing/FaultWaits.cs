using OrleansAgents.Testing.Faults;

namespace OrleansAgents.Tests.Testing;

internal static class FaultWaits
{
    /// <summary>Ends once a plan has struck so often.</summary>
    public static async Task WaitAsync(this FaultPlan faults, int count, CancellationToken cancellationToken)
    {
        while (faults.Injected.Count < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
