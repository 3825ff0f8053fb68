namespace OrleansAgents.Tests.Directory;

/// <summary>What is told behind a commit, and what silos learn of one another, is there a little later.</summary>
internal static class Waits
{
    /// <summary>Reads until it is as expected; the answer is what was read last.</summary>
    public static async Task<T> UntilAsync<T>(Func<ValueTask<T>> read, Func<T, bool> expected, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var value = await read();
            if (expected(value) || patience.IsCancellationRequested)
            {
                return value;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }
}
