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
    /// <summary>The most repeats of one delivery. 8 unless told.</summary>
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
    private static readonly ResiliencePropertyKey<int> AttemptKey = new("attempt");
    private readonly ResiliencePipeline<Reply> _pipeline;

    public Delivery(DeliveryOptions options, TimeProvider time)
    {
        _pipeline = new ResiliencePipelineBuilder<Reply> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<Reply>
            {
                MaxRetryAttempts = options.MaxRetries,
                Delay = options.FirstDelay,
                MaxDelay = options.LongestDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is { } e ? IsTransient(e) : IsTransient(arguments.Outcome.Result)),
                DelayGenerator = static arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is null && arguments.Outcome.Result.Refusal?.RetryAfterMs is { } pause
                        ? TimeSpan.FromMilliseconds(pause)
                        : (TimeSpan?)null),
                OnRetry = static _ =>
                {
                    AgentTelemetry.Retries.Add(1);
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Goes on where a first try ended: the pipeline sees its outcome as its own first attempt.</summary>
    public async ValueTask<Reply> RetryAsync(
        IAgentGrain target, Envelope envelope, Reply first, ExceptionDispatchInfo? firstError, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                static async (context, state) =>
                {
                    var attempt = context.Properties.GetValue(AttemptKey, 0);
                    context.Properties.Set(AttemptKey, attempt + 1);
                    try
                    {
                        if (attempt == 0)
                        {
                            state.firstError?.Throw();
                            return Polly.Outcome.FromResult(state.first);
                        }

                        return Polly.Outcome.FromResult(
                            await state.target.DeliverAsync(state.envelope).AsTask().WaitAsync(context.CancellationToken));
                    }
                    catch (Exception e)
                    {
                        return Polly.Outcome.FromException<Reply>(e);
                    }
                },
                context,
                (target, envelope, first, firstError));
            outcome.ThrowIfException();
            return outcome.Result;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public static bool IsTransient(Reply reply) =>
        reply.Outcome == Outcome.Refused && RefusalCodes.IsTransient(reply.Refusal!.Code);

    public static bool IsTransient(Exception e) =>
        e is OrleansMessageRejectionException or TimeoutException or Orleans.Runtime.Messaging.ConnectionFailedException
            or GatewayTooBusyException or Orleans.Runtime.OrleansException { InnerException: IOException or System.Net.Sockets.SocketException };
}
