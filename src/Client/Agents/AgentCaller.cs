using System.Diagnostics;
using System.Runtime.ExceptionServices;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Agents;

/// <summary>What all handles of a client share: how a message is stamped, called, repeated and given up on.</summary>
internal sealed class AgentCaller(
    AgentClientOptions options, AgentAddressing addressing, AgentKinds kinds, Delivery delivery, TimeProvider time, bool inSilo)
{
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
            envelope.StampDeadline(time.GetUtcNow().UtcTicks + timeout.Ticks);
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

        return await RepeatAsync(grain, envelope, reply, error, timeout, cancellationToken);
    }

    private async ValueTask<Reply> CallTracedAsync(IAgentGrain grain, Envelope envelope, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var span = AgentTelemetry.Source.StartActivity("agent.send", ActivityKind.Producer);
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

    private async ValueTask<Reply> CallBoundedAsync(IAgentGrain grain, Envelope envelope, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Reply reply = default;
        ExceptionDispatchInfo? error = null;
        try
        {
            reply = await grain.DeliverAsync(envelope).AsTask().WaitAsync(timeout, time, cancellationToken);
            if (!Delivery.IsTransient(reply))
            {
                return reply;
            }
        }
        catch (OperationCanceledException)
        {
            GiveUp(grain, envelope);
            throw;
        }
        catch (Exception e) when (Delivery.IsTransient(e))
        {
            error = ExceptionDispatchInfo.Capture(e);
        }

        return await RepeatAsync(grain, envelope, reply, error, timeout, cancellationToken);
    }

    private async ValueTask<Reply> RepeatAsync(
        IAgentGrain grain, Envelope envelope, Reply reply, ExceptionDispatchInfo? error, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var left = new TimeSpan(envelope.Deadline - time.GetUtcNow().UtcTicks);
        if (left <= TimeSpan.Zero)
        {
            GiveUp(grain, envelope);
            throw TimedOut(envelope, timeout, error?.SourceException);
        }

        using var deadline = new CancellationTokenSource(left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await delivery.RetryAsync(grain, envelope, reply, error, either.Token);
        }
        catch (OperationCanceledException e)
        {
            GiveUp(grain, envelope);
            cancellationToken.ThrowIfCancellationRequested();
            if (error is null)
            {
                return reply;
            }

            throw TimedOut(envelope, timeout, e);
        }
        catch (Exception e) when (Delivery.IsTransient(e))
        {
            throw new AgentTimeoutException(envelope.Id, RefusalCodes.Unreachable, $"{envelope.Recipient} could not be reached; the outcome of {envelope.Contract} {envelope.Id} is unknown.", e);
        }
    }

    private static AgentTimeoutException TimedOut(Envelope envelope, TimeSpan timeout, Exception? cause) =>
        new(envelope.Id, RefusalCodes.Unreachable, $"{envelope.Recipient} did not answer {envelope.Contract} {envelope.Id} within {timeout.TotalSeconds:0.###} s; the outcome is unknown.", cause);

    // The agent may be the very thing that cannot be reached, so nobody waits for this call.
    private static void GiveUp(IAgentGrain grain, Envelope envelope) =>
        grain.CancelAsync(envelope.Id.Value).AsTask().Ignore();
}
