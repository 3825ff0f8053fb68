using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace OrleansAgents.A2A;

/// <summary>
/// Calls one agent elsewhere. What fails in passing is repeated with pauses, and where too much does, nothing is called for a
/// while. It fails with <see cref="RemoteException"/>.
/// </summary>
internal sealed partial class RemoteClient
{
    private const int LongestId = 1024;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30), Sampling = TimeSpan.FromSeconds(30);

    private readonly RemoteHttp _http;
    private readonly RemoteCard _card;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _pipeline;
    private readonly Lazy<string?> _key;

    public RemoteClient(string name, RemoteOptions options, RemoteHttp http, TimeProvider time, ILogger logger)
    {
        (Name, Options, _http, _time) = (name, options, http, time);
        _key = new Lazy<string?>(options.ReadKey);
        _card = new RemoteCard(options, name, SendAsync, time);
        var passing = new PredicateBuilder().Handle<RemoteException>(e => e.IsTransient);
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.Retries > 0)
        {
            pipeline.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = passing,
                MaxRetryAttempts = options.Retries,
                Delay = options.FirstPause,
                MaxDelay = LongestPause,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                DelayGenerator = static retry => new((retry.Outcome.Exception as RemoteException)?.RetryAfter),
            });
        }

        _pipeline = pipeline.AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            ShouldHandle = passing,
            FailureRatio = 0.5,
            MinimumThroughput = options.BreakAfter,
            SamplingDuration = Sampling,
            BreakDuration = options.BreakFor,
            OnOpened = opened =>
            {
                LogOpened(logger, name, opened.BreakDuration, (opened.Outcome.Exception as RemoteException)?.Code);
                return default;
            },
            OnClosed = _ =>
            {
                LogClosed(logger, name);
                return default;
            },
        }).Build();
    }

    /// <summary>What it is called in the settings.</summary>
    public string Name { get; }

    public RemoteOptions Options { get; }

    /// <summary>Whether it streams.</summary>
    public async Task<bool> IsStreamingAsync(CancellationToken cancellationToken) =>
        await CallAsync("GetAgentCard", async stop => (await _card.FindAsync(stop)).IsStreaming, cancellationToken);

    /// <summary>Says something, and gives what comes of it: a stream from its first event on, or the answer alone.</summary>
    /// <param name="message">What; it may be sent several times, always under its id.</param>
    /// <param name="isStreamed">Whether a stream is wanted, where the other side has them.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<RemoteEvents> SendAsync(AgentMessage message, bool isStreamed, CancellationToken cancellationToken) => CallAsync(A2AProtocol.SendMessage, async stop =>
    {
        var at = await _card.FindAsync(stop);
        var operation = RemoteOperation.Send(message, at.Binding.Tenant, isStreamed && at.IsStreaming);
        return isStreamed && at.IsStreaming ? await OpenAsync(at, operation, stop) : new RemoteEvents(await SayAsync(at, operation, stop));
    }, cancellationToken);

    /// <summary>Follows a task, which the stream begins with.</summary>
    public Task<RemoteEvents> FollowAsync(string task, CancellationToken cancellationToken) => CallAsync(A2AProtocol.SubscribeToTask, async stop =>
    {
        var at = await _card.FindAsync(stop);
        try
        {
            return await OpenAsync(at, RemoteOperation.Subscribe(task, at.Binding.Tenant, isPosted: false), stop);
        }
        catch (RemoteException e) when (e.Error == A2AError.MethodNotFound && at.Binding is PathBinding)
        {
            return await OpenAsync(at, RemoteOperation.Subscribe(task, at.Binding.Tenant, isPosted: true), stop);
        }
    }, cancellationToken);

    /// <summary>The task as it stands.</summary>
    public Task<AgentTask> GetAsync(string task, CancellationToken cancellationToken) => CallAsync(A2AProtocol.GetTask, async stop =>
    {
        var at = await _card.FindAsync(stop);
        return Demand(await AskAsync(at, RemoteOperation.Get(task, at.Binding.Tenant), A2AJson.Default.AgentTask, stop), Name);
    }, cancellationToken);

    /// <summary>Cancels a task. One that is over, or that is not known any more, is left as it is.</summary>
    public Task CancelAsync(string task, CancellationToken cancellationToken) => CallAsync(A2AProtocol.CancelTask, async stop =>
    {
        var at = await _card.FindAsync(stop);
        try
        {
            return Demand(await AskAsync(at, RemoteOperation.Cancel(task, at.Binding.Tenant), A2AJson.Default.AgentTask, stop), Name);
        }
        catch (RemoteException e) when (e.Error == A2AError.TaskNotCancelable || e.Error == A2AError.TaskNotFound || e.Error == A2AError.UnsupportedOperation)
        {
            return null;
        }
    }, cancellationToken);

    /// <summary>An event as the protocol wants it.</summary>
    public static StreamResponse Demand(StreamResponse one, string host)
    {
        var members = (one.Task is null ? 0 : 1) + (one.Message is null ? 0 : 1) + (one.StatusUpdate is null ? 0 : 1) + (one.ArtifactUpdate is null ? 0 : 1);
        _ = one.Task is { } task ? Demand(task, host) : null;
        return members != 1 ? throw RemoteException.Broken(host, "an event is exactly one of a task, a message, a status and an artifact.")
            : one.Message is { Parts.Count: 0 } || one.ArtifactUpdate is { Artifact: { Parts.Count: 0 } or { ArtifactId.Length: 0 } } ? throw RemoteException.Broken(host, "there is no part.")
            : one.StatusUpdate is { Status.State: AgentTaskState.Unspecified } ? throw RemoteException.Broken(host, "a task is in no state.")
            : one;
    }

    private static AgentTask Demand(AgentTask task, string host) =>
        !IsId(task.Id) || (task.ContextId is { Length: > 0 } context && !IsId(context)) ? throw RemoteException.Broken(host, "a task's id is none.")
        : task.Status.State == AgentTaskState.Unspecified ? throw RemoteException.Broken(host, "a task is in no state.")
        : task;

    /// <summary>Ids are stored, logged and put into paths.</summary>
    private static bool IsId(string id) => id.Length is > 0 and <= LongestId && id is not ("." or "..") && !id.Any(char.IsControl);

    private async Task<StreamResponse> SayAsync(RemoteInterface at, RemoteOperation operation, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(at, operation, A2AJson.Default.SendMessageResponse, cancellationToken);
        return Demand(new StreamResponse(answer.Task, answer.Message), Name);
    }

    private async Task<T> AskAsync<T>(RemoteInterface at, RemoteOperation operation, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(at, operation, cancellationToken);
        return RemoteHttp.IsJson(answer)
            ? at.Binding.Read(await RemoteHttp.ReadAsync(answer, Name, Options.MaxBytes, cancellationToken), type)
            : throw RemoteException.Broken(Name, "it is no JSON.");
    }

    private async Task<RemoteEvents> OpenAsync(RemoteInterface at, RemoteOperation operation, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(at, operation, cancellationToken);
        if (!RemoteHttp.IsEventStream(answer))
        {
            using (answer)
            {
                // What is wrong before the first event is said as ever.
                return RemoteHttp.IsJson(answer)
                    ? new RemoteEvents(Demand(at.Binding.Read(await RemoteHttp.ReadAsync(answer, Name, Options.MaxBytes, cancellationToken), A2AJson.Default.StreamResponse), Name))
                    : throw RemoteException.Broken(Name, "it is no stream of events.");
            }
        }

        var events = new RemoteEvents(answer, at.Binding, Name, Options, _time);
        try
        {
            return await events.Reader.WaitToReadAsync(cancellationToken) ? events : throw RemoteException.Broken(Name, "its stream ends without an event.");
        }
        catch
        {
            await events.DisposeAsync();
            throw;
        }
    }
}
