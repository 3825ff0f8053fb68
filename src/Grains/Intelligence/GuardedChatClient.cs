using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace OrleansAgents.Intelligence;

/// <summary>
/// Holds the calls of a model to their time limits, and repeats those that failed in passing: never once a token was
/// received, for what the agent heard cannot be taken back.
/// </summary>
internal sealed partial class GuardedChatClient : DelegatingChatClient
{
    private readonly string _name;
    private readonly ModelOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline _retries;

    public GuardedChatClient(IChatClient inner, string name, ModelOptions options, TimeProvider time, ILogger logger)
        : base(inner)
    {
        (_name, _options, _time, _logger) = (name, options, time, logger);
        _retries = CreateRetries();
    }

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var asked = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        using var limits = new CallLimits(_name, _options, _time, cancellationToken);
        return await limits.RunAsync(
            token => _retries.ExecuteAsync(
                static async (call, each) => await call.Limits.RunAsync(async inner => await call.Inner.GetResponseAsync(call.Asked, call.Options, inner), each),
                (Limits: limits, Inner: InnerClient, Asked: asked, Options: options),
                token),
            limits.Whole);
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var asked = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        using var limits = new CallLimits(_name, _options, _time, cancellationToken);
        await using var answer = await limits.RunAsync(
            token => _retries.ExecuteAsync(
                static (call, each) => StreamedAnswer.StartAsync(call.Inner, call.Asked, call.Options, call.Limits, each),
                (Limits: limits, Inner: InnerClient, Asked: asked, Options: options),
                token),
            limits.Whole);
        while (answer.Current is { } update)
        {
            yield return update;
            await answer.NextAsync();
        }
    }

    private ResiliencePipeline CreateRetries() => _options.Retries == 0
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder { TimeProvider = _time }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = _options.Retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(500),
            MaxDelay = TimeSpan.FromSeconds(30),
            // Where the provider asks for more time than the call has, there is nothing to wait for.
            ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is ModelException { IsTransient: true, HasBegun: false } e && (e.RetryAfter ?? default) < _options.Timeout),
            DelayGenerator = args => ValueTask.FromResult((args.Outcome.Exception as ModelException)?.RetryAfter),
            OnRetry = args =>
            {
                LogRetry(_logger, _name, args.AttemptNumber + 1, (args.Outcome.Exception as ModelException)!.Code, args.RetryDelay);
                return default;
            },
        }).Build();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Try {Attempt} of a call of the model {Model} failed ({Code}); it is tried again in {Delay}")]
    private static partial void LogRetry(ILogger logger, string model, int attempt, string code, TimeSpan delay);
}
