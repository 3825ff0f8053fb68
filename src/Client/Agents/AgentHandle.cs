using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>One agent, as a client sees it. Thread-safe.</summary>
public sealed class AgentHandle
{
    private readonly AgentCaller _caller;
    private bool _isKnown;
    private Contract? _asked;

    internal AgentHandle(AgentCaller caller, AgentId id)
    {
        _caller = caller;
        Id = id;
        Grain = caller.Addressing.Find(id);
    }

    /// <summary>The agent's address.</summary>
    public AgentId Id { get; }

    internal IAgentGrain Grain { get; }

    /// <summary>The address as a text, made once for all spans.</summary>
    internal string Name => field ??= Id.ToString();

    /// <summary>
    /// Asks and waits for the reply. A failure in passing is tried again with the same id, so the handler's committed
    /// effect happens once however often the ask was sent.
    /// </summary>
    /// <typeparam name="TReply">The reply's type, inferred from the request.</typeparam>
    /// <exception cref="AgentRefusedException">The message was refused; nothing was changed.</exception>
    /// <exception cref="AgentFailedException">The handler failed; nothing was changed.</exception>
    /// <exception cref="AgentTimeoutException">No answer came in time; the outcome may be unknown.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled; the agent is told to stop the work.</exception>
    public ValueTask<TReply> AskAsync<TReply>(
        IRequest<TReply> request, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync<AsRecord<TReply>, TReply>(Envelope.Create(_caller.Sender, Id, request), options, cancellationToken);

    /// <summary>Asks with JSON and gets JSON: the answer's UTF-8 bytes, or null where the handler answers nothing.</summary>
    /// <exception cref="ArgumentException">The payload is empty; a message without members is <c>{}</c>.</exception>
    /// <inheritdoc cref="AskAsync{TReply}" path="/exception"/>
    public ValueTask<byte[]?> AskJsonAsync(
        string type, ReadOnlyMemory<byte> payload, int version = 1, SendOptions? options = null, CancellationToken cancellationToken = default) =>
        SendAsync<AsJson, byte[]?>(new(MessageId.New(), _caller.Sender, Id, FindContract(type, version), value: null, payload), options, cancellationToken);

    /// <summary>Tells, and waits until the message is handled and committed. A refusal or a failure is in the receipt.</summary>
    /// <exception cref="AgentTimeoutException">No answer came in time; the outcome is unknown.</exception>
    public ValueTask<Receipt> TellAsync<TMessage>(
        TMessage message, SendOptions? options = null, CancellationToken cancellationToken = default)
        where TMessage : notnull =>
        SendAsync<AsReceipt, Receipt>(Envelope.Create(_caller.Sender, Id, message), options, cancellationToken);

    /// <summary>
    /// Stops the agent: no new turns, the running one finishes, its effects are stored, then this returns. The next
    /// message starts it anew.
    /// </summary>
    /// <exception cref="AgentRefusedException">No silo hosts the kind.</exception>
    public async ValueTask StopAsync(CancellationToken cancellationToken = default)
    {
        ThrowUnlessHosted();
        await Grain.StopAsync().AsTask().WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Cancels a message that waits at the agent or runs in it, whoever sent it: its sender gets
    /// <see cref="RefusalCodes.Cancelled"/>, and it changes nothing. For programs that do not hold the token that the
    /// message was sent with. Does nothing when the message is not there, or its turn has reached its commit; the sender's
    /// answer tells which.
    /// </summary>
    /// <param name="message">The id that the message was sent with, such as <see cref="SendOptions.Id"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the agent, not the cancelling.</param>
    /// <exception cref="AgentRefusedException">No silo hosts the kind.</exception>
    public async ValueTask CancelAsync(MessageId message, CancellationToken cancellationToken = default)
    {
        ThrowUnlessHosted();
        await Grain.CancelAsync(message.Value).AsTask().WaitAsync(cancellationToken);
    }

    /// <summary>A message from this client, as it would be sent, for whoever brings it there in another way.</summary>
    internal Envelope Prepare<TMessage>(TMessage message)
        where TMessage : notnull =>
        _caller.Prepare(Envelope.Create(_caller.Sender, Id, message));

    /// <summary>Sends a message of nobody else's, and reads its reply as <typeparamref name="TAnswer"/> does.</summary>
    internal ValueTask<TResult> SendAsync<TAnswer, TResult>(Envelope envelope, SendOptions? options, CancellationToken cancellationToken)
        where TAnswer : struct, IAnswer<TResult>
    {
        envelope = _caller.Stamp(envelope, options);
        if (!_isKnown)
        {
            // Of a kind that it knows the client's own list may be older than what the silos know.
            if (_caller.Kinds.FindFault(Id.Kind) is { Code: RefusalCodes.UnknownKind } fault)
            {
                return Refuse<TAnswer, TResult>(envelope, fault);
            }

            _isKnown = true;
        }

        return _caller.CallAsync<TAnswer, TResult>(this, envelope, options, cancellationToken);
    }

    private void ThrowUnlessHosted()
    {
        if (_caller.Kinds.FindFault(Id.Kind) is { } fault)
        {
            throw new AgentRefusedException(fault);
        }
    }

    // Whoever asks one agent often asks it the same.
    private Contract FindContract(string type, int version) =>
        _asked is { } asked && asked.Version == version && asked.Name == type ? asked : _asked = _caller.Contracts.Resolve(type, version);

    internal static async ValueTask<TResult> Refuse<TAnswer, TResult>(Envelope envelope, Refusal fault)
        where TAnswer : struct, IAnswer<TResult> =>
        TAnswer.Read(envelope, Reply.Refused(fault));
}
