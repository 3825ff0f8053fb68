using Microsoft.Extensions.AI;

namespace OrleansAgents.Intelligence;

/// <summary>An answer on its way, whose first token is there.</summary>
internal sealed class StreamedAnswer : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;
    private readonly CallLimits _limits;
    private readonly CancellationTokenSource _step;
    private readonly CancellationTokenSource _either;
    private readonly Queue<ChatResponseUpdate> _empty = new();

    private StreamedAnswer(
        IAsyncEnumerator<ChatResponseUpdate> updates, CallLimits limits, CancellationTokenSource step, CancellationTokenSource either) =>
        (_updates, _limits, _step, _either) = (updates, limits, step, either);

    /// <summary>The latest part; null at the end.</summary>
    public ChatResponseUpdate? Current { get; private set; }

    /// <summary>Begins an answer and waits for its first token.</summary>
    /// <exception cref="ModelException">There was none; it says why.</exception>
    public static async ValueTask<StreamedAnswer> StartAsync(
        IChatClient client, IReadOnlyList<ChatMessage> asked, ChatOptions? options, CallLimits limits, CancellationToken cancellationToken)
    {
        var step = new CancellationTokenSource(limits.Options.FirstTokenTimeout, limits.Time);
        var either = CancellationTokenSource.CreateLinkedTokenSource(step.Token, cancellationToken);
        var answer = new StreamedAnswer(client.GetStreamingResponseAsync(asked, options, either.Token).GetAsyncEnumerator(either.Token), limits, step, either);
        try
        {
            await answer.BeginAsync();
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
    public async ValueTask NextAsync()
    {
        if (_empty.TryDequeue(out var update))
        {
            Current = update;
            return;
        }

        _step.CancelAfter(_limits.Options.TokenTimeout);
        Current = await MoveAsync(hasBegun: true);
        // Whoever reads may take its time.
        _step.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    public async ValueTask DisposeAsync()
    {
        await _updates.DisposeAsync();
        _either.Dispose();
        _step.Dispose();
    }

    /// <summary>Some servers say at once that an answer begins, and think then: what says nothing is no first token.</summary>
    private async ValueTask BeginAsync()
    {
        while (await MoveAsync(hasBegun: false) is { } update)
        {
            _empty.Enqueue(update);
            if (update.Contents.Any(content => content is not TextContent { Text.Length: 0 }))
            {
                break;
            }
        }

        _step.CancelAfter(Timeout.InfiniteTimeSpan);
        Current = _empty.TryDequeue(out var first) ? first : null;
    }

    private async ValueTask<ChatResponseUpdate?> MoveAsync(bool hasBegun) =>
        await _limits.RunAsync(async _ => await _updates.MoveNextAsync(), _either.Token, _step, hasBegun) ? _updates.Current : null;
}
