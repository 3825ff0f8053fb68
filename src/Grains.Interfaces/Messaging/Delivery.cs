using System.Runtime.ExceptionServices;
using Orleans.Runtime;
using OrleansAgents.Agents;
using OrleansAgents.Telemetry;
using Polly;
using Polly.Retry;

namespace OrleansAgents.Messaging;

/// <summary>How often and how long a message is tried again.</summary>
public sealed class DeliveryOptions
{
    /// <summary>
    /// The most repeats of one delivery. 8 unless told. Programs outside that find the silos by way of Redis repeat what did
    /// not get through until the message's time is over.
    /// </summary>
    public int MaxRetries { get; set; } = 8;

    /// <summary>The first pause, doubled each time, with jitter. 50 ms unless told.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause. 5 s unless told.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// Delivers a message and tries again, with the same id, what failed in passing: lost connections, silos that went, and
/// refusals that a repeat may overcome. The gate's duplicate check makes a repeat safe.
/// </summary>
internal sealed class Delivery
{
    private static readonly ResiliencePropertyKey<bool> TriedKey = new("tried");

    // Where silos come and go, whoever waits is to learn soon that there is one again.
    private static readonly TimeSpan LongestPauseBetweenSilos = TimeSpan.FromSeconds(1);

    private readonly ResiliencePipeline<Reply> _pipeline;
    private readonly Func<CancellationToken>? _connections;

    /// <param name="options">How often and how long.</param>
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="connections">
    /// Gives a token that ends when a connection is lost that a call may have gone by: it is then tried again rather than
    /// waited for, and as often as the time of the message allows. Null inside a silo, whose runtime tells the calls themselves.
    /// </param>
    public Delivery(DeliveryOptions options, TimeProvider time, Func<CancellationToken>? connections = null)
    {
        _connections = connections;
        _pipeline = new ResiliencePipelineBuilder<Reply> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<Reply>
            {
                MaxRetryAttempts = connections is null ? options.MaxRetries : int.MaxValue,
                Delay = options.FirstDelay,
                MaxDelay = options.LongestDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } e
                    ? IsTransient(e)
                    : IsTransient(arguments.Outcome.Result) && arguments.AttemptNumber < options.MaxRetries),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(
                    arguments.Outcome.Exception is null && arguments.Outcome.Result.Refusal?.RetryAfterMs is { } pause ? TimeSpan.FromMilliseconds(pause)
                    : arguments.Outcome.Exception is not null && connections is not null
                        ? Min(Pause(options, arguments.AttemptNumber + 1, refusal: null), LongestPauseBetweenSilos)
                    : null),
                OnRetry = static _ =>
                {
                    AgentTelemetry.Retries.Add(1);
                    return default;
                },
            })
            .Build();
    }

    /// <summary>The pause before the next try of a message that failed so often: doubled each time, and anywhere in its upper half.</summary>
    public static TimeSpan Pause(DeliveryOptions options, int attempts, Refusal? refusal) =>
        TimeSpan.FromMilliseconds(refusal?.RetryAfterMs
            ?? Math.Min(options.FirstDelay.TotalMilliseconds * Math.Pow(2, attempts - 1), options.LongestDelay.TotalMilliseconds)
                * (0.5 + (Random.Shared.NextDouble() / 2)));

    /// <summary>Delivers until it is answered. When the wait is cancelled the agent is told to stop the work.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended the wait.</exception>
    /// <exception cref="AgentTimeoutException">No try reached the agent, or none came back.</exception>
    public ValueTask<Reply> SendAsync(IAgentGrain target, Envelope envelope, CancellationToken cancellationToken) =>
        ExecuteAsync(target, envelope, first: null, firstError: null, cancellationToken);

    /// <summary>Goes on where a first try ended: the pipeline sees its outcome as its own first attempt.</summary>
    /// <inheritdoc cref="SendAsync" path="/exception"/>
    public ValueTask<Reply> RetryAsync(
        IAgentGrain target, Envelope envelope, Reply first, ExceptionDispatchInfo? firstError, CancellationToken cancellationToken) =>
        ExecuteAsync(target, envelope, first, firstError, cancellationToken);

    /// <summary>What the sender learns when the call itself failed, and not in passing: the agent could not be activated.</summary>
    public static Reply ToReply(Envelope envelope, Exception exception) => IsNoHost(exception)
        ? Reply.Refused(AgentKinds.NoHost(envelope.Recipient.Kind))
        : Reply.Failed(new Refusal(
            RefusalCodes.ActivationFailed,
            $"{envelope.Recipient} could not take {envelope.Contract} ({exception.GetType().Name}). The silo's log has the details."));

    /// <summary>Whether no silo hosts the kind any more, which the caller's own manifest does not say yet. Orleans has no type for it.</summary>
    public static bool IsNoHost(Exception e) =>
        e.GetType() == typeof(Orleans.Runtime.OrleansException) && e.Message.StartsWith("No active nodes are compatible", StringComparison.Ordinal);

    /// <summary>Whether it is neither a failure in passing nor the caller's own cancellation.</summary>
    public static bool IsLasting(Exception e) => e is not OperationCanceledException && !IsTransient(e);

    private async ValueTask<Reply> ExecuteAsync(
        IAgentGrain target, Envelope envelope, Reply? first, ExceptionDispatchInfo? firstError, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(TryAsync, context, (target, envelope, first, firstError));
            outcome.ThrowIfException();
            return outcome.Result;
        }
        catch (OperationCanceledException)
        {
            // The agent may be the very thing that cannot be reached, so nobody waits for this call.
            target.CancelAsync(envelope.Id.Value).AsTask().Ignore();
            throw;
        }
        catch (Exception e) when (IsTransient(e))
        {
            throw new AgentTimeoutException(envelope.Id, RefusalCodes.Unreachable, $"{envelope.Recipient} could not be reached; the outcome of {envelope.Contract} {envelope.Id} is unknown.", e);
        }
        catch (Exception e)
        {
            return ToReply(envelope, e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<Outcome<Reply>> TryAsync(
        ResilienceContext context, (IAgentGrain Target, Envelope Envelope, Reply? First, ExceptionDispatchInfo? FirstError) state)
    {
        var isFirst = !context.Properties.TryGetValue(TriedKey, out _);
        context.Properties.Set(TriedKey, true);
        try
        {
            if (isFirst && (state.First is not null || state.FirstError is not null))
            {
                state.FirstError?.Throw();
                return Polly.Outcome.FromResult(state.First!.Value);
            }

            return Polly.Outcome.FromResult(await (_connections is null
                ? state.Target.DeliverAsync(state.Envelope).AsTask().WaitAsync(context.CancellationToken)
                : CallAsync(state.Target, state.Envelope, _connections(), context.CancellationToken)));
        }
        catch (Exception e)
        {
            return Polly.Outcome.FromException<Reply>(e);
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <exception cref="TimeoutException">A connection was lost; the call may have been, too.</exception>
    private static async Task<Reply> CallAsync(IAgentGrain target, Envelope envelope, CancellationToken lost, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, cancellationToken);
        var call = target.DeliverAsync(envelope).AsTask();
        try
        {
            return await call.WaitAsync(either.Token);
        }
        catch (OperationCanceledException e) when (lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            call.Ignore();
            throw new TimeoutException("A connection to a silo was lost before the answer came.", e);
        }
    }

    public static bool IsTransient(Reply reply) =>
        reply.Outcome == Outcome.Refused && RefusalCodes.IsTransient(reply.Refusal!.Code);

    /// <summary>Whether an agent that told a message, and has not been acknowledged, is to tell it again: also where the call itself was lost.</summary>
    public static bool CanRepeat(Reply reply) =>
        reply.Outcome == Outcome.Failed || IsTransient(reply) || reply.Refusal?.Code == RefusalCodes.Unreachable;

    public static bool IsTransient(Exception e) =>
        e is OrleansMessageRejectionException or TimeoutException or Orleans.Runtime.Messaging.ConnectionFailedException
            or GatewayTooBusyException or Orleans.Runtime.OrleansException { InnerException: IOException or System.Net.Sockets.SocketException };
}
