using Microsoft.Extensions.AI;

namespace OrleansAgents.Intelligence;

/// <summary>An answer on its way, whose first part is there.</summary>
internal sealed class StreamedAnswer : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;
    private readonly CallLimits _limits;
    private readonly CancellationTokenSource _step;
    private readonly CancellationTokenSource _either;

    private StreamedAnswer(
        IAsyncEnumerator<ChatResponseUpdate> updates, CallLimits limits, CancellationTokenSource step, CancellationTokenSource either) =>
        (_updates, _limits, _step, _either) = (updates, limits, step, either);

    /// <summary>The latest part; null at the end.</summary>
    public ChatResponseUpdate? Current { get; private set; }

    /// <summary>Begins an answer and waits for its first part.</summary>
    /// <exception cref="ModelException">There was none; it says why.</exception>
    public static async ValueTask<StreamedAnswer> StartAsync(
        IChatClient client, IReadOnlyList<ChatMessage> asked, ChatOptions? options, CallLimits limits, CancellationToken cancellationToken)
    {
        var step = new CancellationTokenSource(limits.Options.FirstTokenTimeout, limits.Time);
        var either = CancellationTokenSource.CreateLinkedTokenSource(step.Token, cancellationToken);
        var answer = new StreamedAnswer(client.GetStreamingResponseAsync(asked, options, either.Token).GetAsyncEnumerator(either.Token), limits, step, either);
        try
        {
            await answer.MoveAsync(hasBegun: false);
            return answer;
        }
        catch
        {
            await answer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the next part.</summary>
    /// <exception cref="ModelException">It did not come in time, or the answer broke off.</exception>
    public ValueTask NextAsync()
    {
        _step.CancelAfter(_limits.Options.TokenTimeout);
        return MoveAsync(hasBegun: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _updates.DisposeAsync();
        _either.Dispose();
        _step.Dispose();
    }

    private async ValueTask MoveAsync(bool hasBegun)
    {
        var isThere = await _limits.RunAsync(async _ => await _updates.MoveNextAsync(), _either.Token, _step, hasBegun);
        // Whoever reads may take its time.
        _step.CancelAfter(Timeout.InfiniteTimeSpan);
        Current = isThere ? _updates.Current : null;
    }
}
