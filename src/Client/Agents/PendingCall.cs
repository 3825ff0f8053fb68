using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>
/// A message on its way for a caller that needs no timer and no span: the whole wait is one object that is
/// used again. Async methods keep only a few of theirs, and a wave of asks needs as many as it has messages.
/// </summary>
internal sealed partial class PendingCall<TAnswer, TResult> : IValueTaskSource<TResult>, IThreadPoolWorkItem, ILosable
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

    // Where something else than the answer may end the wait, whoever takes it from 0 to 1 ends it: the answer, a loss, or
    // the caller. It is 1 while nothing is to be ended, so that word of a loss that comes late finds nothing to do.
    private GatewayConnections? _connections;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private int _ended = 1;
    private bool _isContested, _lost;

    private PendingCall() => _onAnswered = OnAnswered;

    /// <summary>Sends on this thread, or from the end of the thread pool's queue.</summary>
    public static ValueTask<TResult> Start(
        AgentCaller caller, IAgentGrain grain, Envelope envelope, TimeSpan timeout, bool queued, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<TResult>(cancellationToken);
        }

        var call = t_free is { Count: > 0 } free ? free.Pop() : new PendingCall<TAnswer, TResult>();
        call._caller = caller;
        call._grain = grain;
        call._envelope = envelope;
        call._timeout = timeout;
        call._context = ExecutionContext.Capture();
        var result = new ValueTask<TResult>(call, call._result.Version);
        call.ExpectOthers(caller.Connections, cancellationToken);
        if (caller.Connections is not null)
        {
            if (call.TrySend())
            {
                call.Watch();
            }
        }
        else if (queued)
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

        if (!_lost && TrySend())
        {
            Watch();
        }
    }

    void ILosable.Lose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _lost = true;
            _registration.Unregister();
            GoOn(default, new TimeoutException("A connection to a silo was lost before the answer came."));
        }
    }

    private void ExpectOthers(GatewayConnections? connections, CancellationToken cancellationToken)
    {
        (_connections, _token) = (connections, cancellationToken);
        _isContested = connections is not null || cancellationToken.CanBeCanceled;
        if (_isContested)
        {
            // Before it is sent, so that no loss falls in between; one that comes this early has it sent twice, under one id.
            Volatile.Write(ref _ended, 0);
            connections?.Add(this);
            _registration = cancellationToken.UnsafeRegister(static self => ((PendingCall<TAnswer, TResult>)self!).Cancel(), this);
        }
    }

    private void Cancel()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _lost = true;
            _connections?.Remove(this);
            // The agent may be the very thing that cannot be reached, so nobody waits for this call.
            StopAsync(_grain, _envelope.Id).Ignore();
            _result.SetException(new OperationCanceledException(_token));
        }
    }

    private static async Task StopAsync(IAgentGrain grain, MessageId message) => await grain.CancelAsync(message.Value);

    private bool TrySend()
    {
        try
        {
            _answer = _grain.DeliverAsync(_envelope).ConfigureAwait(false).GetAwaiter();
            return true;
        }
        catch (Exception e)
        {
            if (TryEnd())
            {
                GoOn(default, e);
            }

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
        if (!TryEnd())
        {
            return;
        }

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

    private bool TryEnd()
    {
        if (!_isContested)
        {
            return true;
        }

        _connections?.Remove(this);
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return false;
        }

        // A cancelling that is just under way finds this object, which must not be another call's by then.
        _lost = _token.CanBeCanceled && !_registration.Unregister();
        return true;
    }

    private void Finish(Reply reply)
    {
        TResult result;
        try
        {
            result = TAnswer.Read(_envelope, _caller.Open(_envelope, reply));
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
            reply = await _caller.GoOnAsync(_grain, _envelope, _timeout, first, error, _token);
        }
        catch (Exception e)
        {
            _result.SetException(e);
            return;
        }

        Finish(reply);
    }
}
