using OrleansAgents.Agents;

namespace OrleansAgents.Endpoints;

/// <summary>
/// Whether the store is within reach. It is asked only when somebody wants to know, once at a time, and its answer holds
/// for a second, so that many probes make no load.
/// </summary>
internal sealed partial class StoreReach(ILogger<StoreReach> logger, TimeProvider time, IAgentStoreHealth? store = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<bool> _answer = Task.FromResult(true);
    private long? _answered;
    private bool _wasAway;

    public Task<bool> IsAwayAsync()
    {
        if (store is null)
        {
            return Task.FromResult(false);
        }

        lock (_lock)
        {
            return _answer.IsCompleted && (_answered is not { } answered || time.GetElapsedTime(answered) >= Kept)
                ? _answer = AskAsync(store)
                : _answer;
        }
    }

    private async Task<bool> AskAsync(IAgentStoreHealth store)
    {
        // The lock is held until here.
        await Task.Yield();
        using var patience = new CancellationTokenSource(Patience, time);
        string? fault = null;
        try
        {
            await store.PingAsync(patience.Token).AsTask().WaitAsync(patience.Token);
        }
        catch (AgentStoreException e)
        {
            fault = e.Message;
        }
        catch (OperationCanceledException)
        {
            fault = $"No answer within {Patience.TotalSeconds} s.";
        }

        Note(fault);
        return fault is not null;
    }

    private void Note(string? fault)
    {
        if (fault is not null && !_wasAway)
        {
            LogAway(logger, fault);
        }
        else if (fault is null && _wasAway)
        {
            LogBack(logger);
        }

        lock (_lock)
        {
            _wasAway = fault is not null;
            _answered = time.GetTimestamp();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is away, and this silo is not ready until it is back: {Fault}")]
    private static partial void LogAway(ILogger logger, string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store is back")]
    private static partial void LogBack(ILogger logger);
}
