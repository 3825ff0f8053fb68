using System.Runtime.CompilerServices;
using Orleans.Runtime;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>Reads what a grain gives piece by piece, from a silo that may go meanwhile.</summary>
/// <param name="time">The clock of the pauses.</param>
/// <param name="loss">Ends when a connection to a silo is lost.</param>
internal sealed class GrainReading(TimeProvider time, Func<CancellationToken> loss)
{
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromMilliseconds(200);

    /// <summary>What one try brings: it ends where the grain's reading does, and also where the silo is gone or nobody wants it any more.</summary>
    public async IAsyncEnumerable<T> TryAsync<T>(Func<CancellationToken, IAsyncEnumerable<T>> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(loss(), cancellationToken);
        var pieces = open(either.Token).GetAsyncEnumerator(either.Token);
        try
        {
            while (await MoveNextAsync(pieces, either.Token))
            {
                yield return pieces.Current;
            }
        }
        finally
        {
            // The silo that is to learn that nobody reads on may be the very one that is gone, so its answer is waited for only so long.
            await pieces.DisposeAsync().AsTask().WaitAsync(PauseBetweenTries, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits a little before the next try.</summary>
    public async Task PauseAsync(CancellationToken cancellationToken) =>
        await Task.Delay(PauseBetweenTries, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async ValueTask<bool> MoveNextAsync<T>(IAsyncEnumerator<T> pieces, CancellationToken cancellationToken)
    {
        try
        {
            // The silo that was asked may be gone, and would never say that the reading was ended.
            return await pieces.MoveNextAsync().AsTask().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is EnumerationAbortedException || Delivery.IsTransient(e))
        {
            return false;
        }
    }
}
