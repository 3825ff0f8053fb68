using System.Threading.Tasks.Sources;

namespace OrleansAgents.Agents;

/// <summary>What the caller awaits.</summary>
internal sealed partial class PendingCall<TAnswer, TResult>
{
    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token)
    {
        var status = _result.GetStatus(token);
        if (!_unwatched || !_answer.IsCompleted)
        {
            return status;
        }

        _unwatched = false;
        OnAnswered();
        return _result.GetStatus(token);
    }

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _result.OnCompleted(continuation, state, token, flags);
        if (_unwatched)
        {
            _unwatched = false;
            Watch();
        }
    }

    TResult IValueTaskSource<TResult>.GetResult(short token)
    {
        // Asked too early or twice, it throws, and must not be given back for that.
        if (_result.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            return _result.GetResult(token);
        }

        try
        {
            return _result.GetResult(token);
        }
        finally
        {
            Free();
        }
    }

    private void Free()
    {
        if (_lost)
        {
            // The answer, or word of a cancelling, may still come to this object.
            return;
        }

        _result.Reset();
        _answer = default;
        _context = null;
        _caller = null!;
        (_connections, _token, _registration) = (null, default, default);
        _grain = null!;
        _envelope = null!;
        var free = t_free ??= new();
        if (free.Count < KeptPerThread)
        {
            free.Push(this);
        }
    }
}

/// <summary>
/// Orleans queues grain work locally per thread, so callers that never leave theirs starve the rest. Now and then a call
/// goes to the end of the pool's queue instead; that is enough for all to get their share.
/// </summary>
internal static class Turnstile
{
    private const int CallsPerTurn = 4;

    [ThreadStatic]
    private static int t_calls;

    public static bool IsTurnOver()
    {
        t_calls = (t_calls + 1) % CallsPerTurn;
        return t_calls == 0;
    }
}
