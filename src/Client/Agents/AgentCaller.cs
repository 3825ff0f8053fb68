using System.Diagnostics;
using System.Runtime.ExceptionServices;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Agents;

/// <summary>What all handles of a client share: how a message is stamped, called, repeated and given up on.</summary>
internal sealed class AgentCaller(
    AgentClientOptions options, AgentAddressing addressing, AgentKinds kinds, Delivery delivery, TimeProvider time, bool inSilo)
{
    private readonly Delivery _delivery = delivery;
    private readonly TimeProvider _time = time;

    // Orleans gives up on a call after this long by itself, so a longer or equal wait needs no timer of ours.
    private static readonly TimeSpan OrleansTimeout = TimeSpan.FromSeconds(30);

    public AgentClientOptions Options { get; } = options;

    public AgentAddressing Addressing { get; } = addressing;

    public AgentKinds Kinds { get; } = kinds;

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

    public async ValueTask<Reply> CallAsync(IAgentGrain grain, Envelope envelope, SendOptions? send, CancellationToken cancellationToken)
    {
        var timeout = send?.Timeout ?? Options.Timeout;
        if (envelope.Deadline == 0)
        {
            envelope.StampDeadline(_time.GetUtcNow().UtcTicks + timeout.Ticks);
        }

        if (inSilo)
        {
            // Orleans queues grain work locally per thread; without this, callers that never leave theirs starve the rest.
            await Task.Yield();
        }

        if (AgentTelemetry.Source.HasListeners())
        {
            return await CallTracedAsync(grain, envelope, timeout, cancellationToken);
        }

        if (timeout < OrleansTimeout || cancellationToken.CanBeCanceled)
        {
            return await CallBoundedAsync(grain, envelope, timeout, cancellationToken);
        }

        Reply reply = default;
        ExceptionDispatchInfo? error = null;
        try
        {
            reply = await grain.DeliverAsync(envelope);
            if (!Delivery.IsTransient(reply))
            {
                return reply;
            }
        }
        catch (Exception e) when (Delivery.IsTransient(e))
        {
            error = ExceptionDispatchInfo.Capture(e);
        }
        catch (Exception e) when (Delivery.IsLasting(e))
        {
            return Delivery.ToReply(envelope, e);
        }

        return await BoundAsync(envelope, timeout, (grain, reply, error), static (self, envelope, state, stop) =>
            self._delivery.RetryAsync(state.grain, envelope, state.reply, state.error, stop), cancellationToken);
    }

    private async ValueTask<Reply> CallTracedAsync(IAgentGrain grain, Envelope envelope, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // A message that brings its trace along goes on in that one; default means the caller's current span.
        using var span = AgentTelemetry.Source.StartActivity("agent.send", ActivityKind.Producer, envelope.Extras?.FindTrace() ?? default);
        if (span is not null)
        {
            span.SetTag("messaging.destination.name", envelope.Recipient.ToString());
            span.SetTag("messaging.message.id", envelope.Id.ToString());
            envelope = envelope.With((envelope.Extras ?? new()) with { Trace = span.Context });
        }

        var reply = await CallBoundedAsync(grain, envelope, timeout, cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            span?.SetStatus(ActivityStatusCode.Error, refusal.Code);
        }

        return reply;
    }

    private ValueTask<Reply> CallBoundedAsync(IAgentGrain grain, Envelope envelope, TimeSpan timeout, CancellationToken cancellationToken) =>
        BoundAsync(envelope, timeout, grain, static (self, envelope, grain, stop) => self._delivery.SendAsync(grain, envelope, stop), cancellationToken);

    /// <summary>Waits until the message's deadline and no longer.</summary>
    private async ValueTask<Reply> BoundAsync<TState>(
        Envelope envelope, TimeSpan timeout, TState state,
        Func<AgentCaller, Envelope, TState, CancellationToken, ValueTask<Reply>> send, CancellationToken cancellationToken)
    {
        var left = new TimeSpan(Math.Max(0, envelope.Deadline - _time.GetUtcNow().UtcTicks));
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
