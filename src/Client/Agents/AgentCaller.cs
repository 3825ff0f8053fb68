using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Agents;

/// <summary>What all handles of a client share: how a message is stamped, called, repeated and given up on.</summary>
internal sealed class AgentCaller(
    AgentClientOptions options, AgentAddressing addressing, AgentKinds kinds, ContractCatalogue contracts, Delivery delivery, TimeProvider time, bool inSilo,
    GatewayConnections? connections = null, OutgoingSignatures? signatures = null, PayloadCipher? cipher = null)
{
    private readonly Delivery _delivery = delivery;
    private readonly TimeProvider _time = time;

    // Orleans gives up on a call after this long by itself, so a longer or equal wait needs no timer of ours.
    private static readonly TimeSpan OrleansTimeout = TimeSpan.FromSeconds(30);

    public AgentClientOptions Options { get; } = options;

    /// <summary>Who sends what its maker gave no other sender.</summary>
    public AgentId Sender { get; private set; } = options.Sender;

    public AgentAddressing Addressing { get; } = addressing;

    public AgentKinds Kinds { get; } = kinds;

    public ContractCatalogue Contracts { get; } = contracts;

    /// <summary>Knows when a connection to a silo is lost; null where nobody watches them.</summary>
    public GatewayConnections? Connections { get; } = connections;

    /// <summary>Seals and opens payloads; null where nothing was said of encryption.</summary>
    public PayloadCipher? Cipher { get; } = cipher;

    /// <summary>The same under another address.</summary>
    public AgentCaller As(AgentId sender)
    {
        var other = (AgentCaller)MemberwiseClone();
        other.Sender = sender;
        return other;
    }

    public Envelope Stamp(Envelope envelope, SendOptions? send)
    {
        if (send?.Id is { } id)
        {
            envelope = envelope.WithId(id);
        }

        return send is { ConversationId: not null } or { Headers: not null }
            ? envelope.With((envelope.Extras ?? new()) with { ConversationId = send.ConversationId, Headers = send.Headers })
            : envelope;
    }

    /// <summary>Makes a message ready that does not go by <see cref="CallAsync"/>.</summary>
    public Envelope Prepare(Envelope envelope)
    {
        envelope = Stamp(envelope, send: null);
        envelope.StampDeadline((_time.GetUtcNow() + Options.Timeout).UtcTicks);
        return Protect(envelope);
    }

    /// <summary>Sends a message that is stamped, and reads its reply as the verb does.</summary>
    public ValueTask<TResult> CallAsync<TAnswer, TResult>(
        AgentHandle to, Envelope envelope, SendOptions? send, CancellationToken cancellationToken)
        where TAnswer : struct, IAnswer<TResult>
    {
        var timeout = send?.Timeout ?? Options.Timeout;
        // What its maker signed would be another message with a deadline.
        if (envelope.Extras?.Signature is null)
        {
            if (envelope.Deadline == 0)
            {
                envelope.StampDeadline(_time.GetUtcNow().UtcTicks + timeout.Ticks);
            }

            try
            {
                envelope = Protect(envelope);
            }
            catch (CanonicalJsonException e)
            {
                return AgentHandle.Refuse<TAnswer, TResult>(envelope, e.ToRefusal(envelope));
            }
        }

        return AgentTelemetry.Source.HasListeners()
            ? CallTracedAsync<TAnswer, TResult>(to, envelope, timeout, cancellationToken)
            : SendAsync<TAnswer, TResult>(to.Grain, envelope, timeout, cancellationToken);
    }

    /// <summary>The reply as the caller may read it.</summary>
    public Reply Open(Envelope envelope, Reply reply) => Cipher is null ? reply : Cipher.OpenReply(envelope, reply);

    /// <summary>Seals and then signs, so that the seal can be verified without being opened.</summary>
    /// <exception cref="CanonicalJsonException">The payload has no canonical form.</exception>
    private Envelope Protect(Envelope envelope)
    {
        envelope = Cipher is null ? envelope : Cipher.Seal(envelope);
        return signatures is null ? envelope : signatures.Sign(envelope);
    }

    /// <summary>Goes on where a first try ended that was no answer.</summary>
    public ValueTask<Reply> GoOnAsync(
        IAgentGrain grain, Envelope envelope, TimeSpan timeout, Reply first, Exception? error, CancellationToken cancellationToken) =>
        error is null || Delivery.IsTransient(error)
            ? BoundAsync(
                envelope, timeout, (grain, first, error: error is null ? null : ExceptionDispatchInfo.Capture(error)),
                static (self, envelope, state, stop) => self._delivery.RetryAsync(state.grain, envelope, state.first, state.error, stop),
                cancellationToken)
            : Delivery.IsLasting(error)
                ? ValueTask.FromResult(Delivery.ToReply(envelope, error))
                : ValueTask.FromException<Reply>(error);

    private ValueTask<TResult> SendAsync<TAnswer, TResult>(IAgentGrain grain, Envelope envelope, TimeSpan timeout, CancellationToken cancellationToken)
        where TAnswer : struct, IAnswer<TResult> =>
        timeout < OrleansTimeout || TaskScheduler.Current != TaskScheduler.Default
            ? CallBoundedAsync<TAnswer, TResult>(grain, envelope, timeout, cancellationToken)
            : PendingCall<TAnswer, TResult>.Start(this, grain, envelope, timeout, queued: inSilo && Turnstile.IsTurnOver(), cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TResult> CallTracedAsync<TAnswer, TResult>(
        AgentHandle to, Envelope envelope, TimeSpan timeout, CancellationToken cancellationToken)
        where TAnswer : struct, IAnswer<TResult>
    {
        // A message that brings its trace along goes on in that one; default means the caller's current span.
        using var span = AgentTelemetry.Source.StartActivity("agent.send", ActivityKind.Producer, envelope.Extras?.ReadTrace() ?? default);
        if (span is not null)
        {
            envelope.StampSpan(span);
            if (span.IsAllDataRequested)
            {
                span.SetTag("messaging.destination.name", to.Name);
                span.SetTag("messaging.message.id", envelope.Id.ToString());
            }
        }

        var reply = await SendAsync<AsReply, Reply>(to.Grain, envelope, timeout, cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            span?.SetStatus(ActivityStatusCode.Error, refusal.Code);
        }

        return TAnswer.Read(envelope, reply);
    }

    private async ValueTask<TResult> CallBoundedAsync<TAnswer, TResult>(
        IAgentGrain grain, Envelope envelope, TimeSpan timeout, CancellationToken cancellationToken)
        where TAnswer : struct, IAnswer<TResult>
    {
        if (inSilo)
        {
            await Task.Yield();
        }

        var reply = await BoundAsync(
            envelope, timeout, grain, static (self, envelope, grain, stop) => self._delivery.SendAsync(grain, envelope, stop), cancellationToken);
        return TAnswer.Read(envelope, Open(envelope, reply));
    }

    /// <summary>Waits for the timeout, or until the message's deadline where that is earlier.</summary>
    private async ValueTask<Reply> BoundAsync<TState>(
        Envelope envelope, TimeSpan timeout, TState state,
        Func<AgentCaller, Envelope, TState, CancellationToken, ValueTask<Reply>> send, CancellationToken cancellationToken)
    {
        var left = envelope.Deadline == 0 ? timeout : new TimeSpan(Math.Clamp(envelope.Deadline - _time.GetUtcNow().UtcTicks, 0, timeout.Ticks));
        using var deadline = new CancellationTokenSource(left, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await send(this, envelope, state, either.Token);
        }
        catch (OperationCanceledException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new AgentTimeoutException(
                envelope.Id, RefusalCodes.Unreachable, $"{envelope.Recipient} did not answer {envelope.Contract} {envelope.Id} within {timeout.TotalSeconds:0.###} s; the outcome is unknown.", e);
        }
    }
}
