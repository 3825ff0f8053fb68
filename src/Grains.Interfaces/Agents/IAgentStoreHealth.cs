namespace OrleansAgents.Agents;

/// <summary>
/// A store that can tell whether it is within reach. The reference silo's readiness asks it, where one is registered: a
/// store that lives in this process has no need of it.
/// </summary>
public interface IAgentStoreHealth
{
    /// <summary>Returns once the store has answered. Asked up to once a second, and never twice at a time.</summary>
    /// <exception cref="AgentStoreException">The store does not answer as it should; the message says why in one sentence.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended the wait.</exception>
    ValueTask PingAsync(CancellationToken cancellationToken);
}
