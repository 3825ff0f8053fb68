using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>Handles a request and answers it. One handler of an agent runs at a time.</summary>
/// <typeparam name="TRequest">The contract's record.</typeparam>
/// <typeparam name="TReply">The answer.</typeparam>
public interface IHandle<TRequest, TReply>
    where TRequest : IRequest<TReply>
{
    /// <summary>
    /// Answers <paramref name="request"/>. What it changes in the state and what it records in
    /// <paramref name="context"/> take effect together when it returns, and not at all when it throws.
    /// <paramref name="cancellationToken"/> ends when the caller cancels or the deadline passes.
    /// </summary>
    ValueTask<TReply> HandleAsync(TRequest request, AgentContext context, CancellationToken cancellationToken);
}

/// <summary>Handles a message that asks for no answer. One handler of an agent runs at a time.</summary>
/// <typeparam name="TMessage">The contract's record.</typeparam>
public interface IHandle<TMessage>
    where TMessage : notnull
{
    /// <inheritdoc cref="IHandle{TRequest, TReply}.HandleAsync"/>
    ValueTask HandleAsync(TMessage message, AgentContext context, CancellationToken cancellationToken);
}

/// <summary>Handles every contract that no other handler of the agent takes.</summary>
public interface IHandleAny
{
    /// <summary>
    /// Handles <paramref name="message"/>; the answer is UTF-8 JSON, or null for none. Otherwise as
    /// <see cref="IHandle{TRequest, TReply}.HandleAsync"/>. A sealed payload is as it came; <see cref="AgentContext.Open"/>
    /// opens it.
    /// </summary>
    ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken);
}
