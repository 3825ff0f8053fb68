using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>One agent, as a client sees it. Thread-safe.</summary>
public sealed class AgentHandle
{
    private readonly AgentCaller _caller;
    private readonly IAgentGrain _grain;
    private bool _isHosted;

    internal AgentHandle(AgentCaller caller, AgentId id)
    {
        _caller = caller;
        Id = id;
        _grain = caller.Addressing.Find(id);
    }

    /// <summary>The agent's address.</summary>
    public AgentId Id { get; }

    /// <summary>
    /// Asks and waits for the reply. A failure in passing is tried again with the same id, so the handler's committed
    /// effect happens once however often the ask was sent.
    /// </summary>
    /// <typeparam name="TReply">The reply's type, inferred from the request.</typeparam>
    /// <exception cref="AgentRefusedException">The message was refused; nothing was changed.</exception>
    /// <exception cref="AgentFailedException">The handler failed; nothing was changed.</exception>
    /// <exception cref="AgentTimeoutException">No answer came in time; the outcome may be unknown.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled; the agent is told to stop the work.</exception>
    public async ValueTask<TReply> AskAsync<TReply>(
        IRequest<TReply> request, SendOptions? options = null, CancellationToken cancellationToken = default)
    {
        var envelope = _caller.Stamp(Envelope.Create(_caller.Options.Sender, Id, request), options);
        var reply = await SendAsync(envelope, options, cancellationToken);
        ThrowUnlessHandled(envelope, reply);
        return reply.As<TReply>()!;
    }

    /// <summary>Asks with JSON and gets JSON: the answer's UTF-8 bytes, or null where the handler answers nothing.</summary>
    /// <exception cref="ArgumentException">The payload is empty; a message without members is <c>{}</c>.</exception>
    /// <inheritdoc cref="AskAsync{TReply}" path="/exception"/>
    public async ValueTask<byte[]?> AskJsonAsync(
        string type, ReadOnlyMemory<byte> payload, int version = 1, SendOptions? options = null, CancellationToken cancellationToken = default)
    {
        var envelope = _caller.Stamp(Envelope.CreateJson(_caller.Options.Sender, Id, type, payload, version), options);
        var reply = await SendAsync(envelope, options, cancellationToken);
        ThrowUnlessHandled(envelope, reply);
        return reply.ToJson();
    }

    /// <summary>Tells, and waits until the message is handled and committed. A refusal or a failure is in the receipt.</summary>
    /// <exception cref="AgentTimeoutException">No answer came in time; the outcome is unknown.</exception>
    public async ValueTask<Receipt> TellAsync<TMessage>(
        TMessage message, SendOptions? options = null, CancellationToken cancellationToken = default)
        where TMessage : notnull
    {
        var envelope = _caller.Stamp(Envelope.Create(_caller.Options.Sender, Id, message), options);
        var reply = await SendAsync(envelope, options, cancellationToken);
        return new Receipt(envelope.Id, reply.Outcome, reply.Refusal);
    }

    /// <summary>
    /// Stops the agent: no new turns, the running one finishes, its effects are stored, then this returns. The next
    /// message starts it anew.
    /// </summary>
    /// <exception cref="AgentRefusedException">No silo hosts the kind.</exception>
    public async ValueTask StopAsync(CancellationToken cancellationToken = default)
    {
        if (_caller.Kinds.FindFault(Id.Kind) is { } fault)
        {
            throw new AgentRefusedException(fault);
        }

        await _grain.StopAsync().AsTask().WaitAsync(cancellationToken);
    }

    internal ValueTask<Reply> SendAsync(Envelope envelope, SendOptions? options, CancellationToken cancellationToken)
    {
        if (!_isHosted)
        {
            if (_caller.Kinds.FindFault(Id.Kind) is { } fault)
            {
                return ValueTask.FromResult(Reply.Refused(fault));
            }

            _isHosted = true;
        }

        return _caller.CallAsync(_grain, envelope, options, cancellationToken);
    }

    private static void ThrowUnlessHandled(Envelope envelope, Reply reply)
    {
        switch (reply.Outcome)
        {
            case Outcome.Refused when reply.Refusal!.Code == RefusalCodes.DeadlineExceeded:
                throw new AgentTimeoutException(envelope.Id, reply.Refusal.Code, reply.Refusal.Message);
            case Outcome.Refused:
                throw new AgentRefusedException(reply.Refusal!);
            case Outcome.Failed:
                throw new AgentFailedException(reply.Refusal!);
            default:
                break;
        }
    }
}
