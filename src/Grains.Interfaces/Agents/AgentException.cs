using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <summary>An ask that brought no reply. The leaves say why and what is known of the outcome.</summary>
public abstract class AgentException(string message, Exception? inner) : Exception(message, inner)
{
    /// <summary>The stable code, one of <see cref="RefusalCodes"/> or an agent's own.</summary>
    public abstract string Code { get; }
}

/// <summary>
/// The message was refused; nothing was changed. A handler may throw it to refuse with a code of its own.
/// </summary>
public sealed class AgentRefusedException(Refusal refusal) : AgentException(refusal.Message, null)
{
    /// <summary>Refuses with a code and a sentence.</summary>
    public AgentRefusedException(string code, string message)
        : this(new Refusal(code, message))
    {
    }

    /// <summary>The reason, with every problem found.</summary>
    public Refusal Refusal { get; } = refusal;

    /// <inheritdoc/>
    public override string Code => Refusal.Code;
}

/// <summary>The handler failed; nothing was changed.</summary>
public sealed class AgentFailedException(Refusal failure) : AgentException(failure.Message, null)
{
    /// <summary>The reason. It holds no stack trace; the silo's log does, under the message's id.</summary>
    public Refusal Failure { get; } = failure;

    /// <inheritdoc/>
    public override string Code => Failure.Code;
}

/// <summary>
/// No answer came by the deadline. Unless <see cref="Code"/> is <see cref="RefusalCodes.DeadlineExceeded"/> the outcome
/// is unknown: ask again with the same id to learn it.
/// </summary>
public sealed class AgentTimeoutException(MessageId id, string code, string message, Exception? inner = null) : AgentException(message, inner)
{
    /// <summary>The message, to ask again with.</summary>
    public MessageId Id { get; } = id;

    /// <inheritdoc/>
    public override string Code { get; } = code;
}
