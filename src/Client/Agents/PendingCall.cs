using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// A message on its way for a caller that needs no timer, no token and no span: the whole wait is one object that is
/// used again. Async methods keep only a few of theirs, and a wave of asks needs as many as it has messages.
/// </summary>
internal sealed class PendingCall<TAnswer, TResult> : IValueTaskSource<TResult>, IThreadPoolWorkItem
    where TAnswer : struct, IAnswer<TResult>
{
    private const int KeptPerThread = 128;

    [ThreadStatic]
    private static Stack<PendingCall<TAnswer, TResult>>? t_free;

    private readonly Action _onAnswered;
    private ManualResetValueTaskSourceCore<TResult> _result;
    private ConfiguredValueTaskAwaitable<Reply>.ConfiguredValueTaskAwaiter _answer;
    private ExecutionContext? _context;
    private AgentCaller _caller = null!;
    private IAgentGrain _grain = null!;
    private Envelope _envelope = null!;
    private TimeSpan _timeout;

    // Sent, and nobody told yet to look at the answer: whoever asks for it does, and finds it there more often than not
    // when many were asked together. That spares each of those a trip through the thread pool.
    private bool _unwatched;

    private PendingCall() => _onAnswered = OnAnswered;

    /// <summary>Sends on this thread, or from the end of the thread pool's queue.</summary>
    public static ValueTask<TResult> Start(AgentCaller caller, IAgentGrain grain, Envelope envelope, TimeSpan timeout, bool queued)
    {
        var call = t_free is { Count: > 0 } free ? free.Pop() : new PendingCall<TAnswer, TResult>();
        call._caller = caller;
        call._grain = grain;
        call._envelope = envelope;
        call._timeout = timeout;
        call._context = ExecutionContext.Capture();
        var result = new ValueTask<TResult>(call, call._result.Version);
        if (queued)
        {
            ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
        }
        else
        {
            call._unwatched = call.TrySend();
        }

        return result;
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_context is { } context)
        {
            // The pool takes it back off the thread after each of its items.
            ExecutionContext.Restore(context);
        }

        if (TrySend())
        {
            Watch();
        }
    }

    private bool TrySend()
    {
        try
        {
            _answer = _grain.DeliverAsync(_envelope).ConfigureAwait(false).GetAwaiter();
            return true;
        }
        catch (Exception e)
        {
            GoOn(default, e);
            return false;
        }
    }

    private void Watch()
    {
        if (_answer.IsCompleted)
        {
            OnAnswered();
        }
        else
        {
            _answer.UnsafeOnCompleted(_onAnswered);
        }
    }

    private void OnAnswered()
    {
        Reply reply;
        try
        {
            reply = _answer.GetResult();
        }
        catch (Exception e)
        {
            GoOn(default, e);
            return;
        }

        if (Delivery.IsTransient(reply))
        {
            GoOn(reply, error: null);
        }
        else
        {
            Finish(reply);
        }
    }

    private void Finish(Reply reply)
    {
        TResult result;
        try
        {
            result = TAnswer.Read(_envelope, reply);
        }
        catch (Exception e)
        {
            _result.SetException(e);
            return;
        }

        _result.SetResult(result);
    }

    private void GoOn(Reply first, Exception? error)
    {
        if (_context is null)
        {
            _ = GoOnAsync(first, error);
        }
        else
        {
            // The thread that brings an answer has nothing of the caller's with it, and what is sent again needs that.
            ExecutionContext.Run(_context, _ => _ = GoOnAsync(first, error), null);
        }
    }

    private async Task GoOnAsync(Reply first, Exception? error)
    {
        Reply reply;
        try
        {
            reply = await _caller.GoOnAsync(_grain, _envelope, _timeout, first, error);
        }
        catch (Exception e)
        {
            _result.SetException(e);
            return;
        }

        Finish(reply);
    }

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
        _result.Reset();
        _answer = default;
        _context = null;
        _caller = null!;
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
