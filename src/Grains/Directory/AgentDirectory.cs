using OrleansAgents.Agents;

namespace OrleansAgents.Directory;

/// <summary>What a turn does with the directory.</summary>
public static class AgentDirectory
{
    /// <summary>
    /// Registers this agent in the directory, after the commit, in the place of what it registered before. It is told like
    /// any other message: repeated until it is stored there, or ended as a dead letter.
    /// </summary>
    /// <exception cref="ArgumentException">A capability, a tag or the description breaks the rules of <see cref="Registration"/>.</exception>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query.</exception>
    public static void Register(this AgentContext context, Registration registration)
    {
        if (registration.FindFault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(registration));
        }

        context.Tell(DirectoryAddress.For(context.Self), registration.InOrder());
    }

    /// <summary>Ends this agent's registration, after the commit. Does nothing when there is none.</summary>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query.</exception>
    public static void Unregister(this AgentContext context) => context.Tell(DirectoryAddress.For(context.Self), new Unregistration());

    /// <summary>
    /// Finds agents that registered themselves with a capability, and kinds that have it by their attribute. All shards are
    /// asked at once; those that do not answer in time are named in the result.
    /// </summary>
    /// <param name="context">The turn that asks.</param>
    /// <param name="capability">What they can do.</param>
    /// <param name="tags">Only those with all of these tags; null for any.</param>
    /// <param name="kind">Only those of this kind; null for any.</param>
    /// <param name="limit">At most that many agents, 1 to 1000.</param>
    /// <param name="after">Only agents behind this address, in the order of kind and key; null for the first.</param>
    /// <param name="within">How long to wait; null for 5 seconds. The turn's own deadline may end it earlier.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">What is sought breaks a rule; the message says which.</exception>
    /// <exception cref="AgentRefusedException">An access rule does not allow it.</exception>
    /// <exception cref="InvalidOperationException">The turn is over.</exception>
    public static async ValueTask<FoundAgents> FindAsync(
        this AgentContext context, string capability, IReadOnlyList<string>? tags = null, string? kind = null, int limit = 100, AgentId? after = null,
        TimeSpan? within = null, CancellationToken cancellationToken = default)
    {
        using var patience = new CancellationTokenSource(within ?? FanOut.Patience, context.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var search = new DirectorySearch((shard, query, _) => context.AskAsync(shard, query, either.Token));
        return await search.RunAsync(
            new DirectoryFind(capability, tags, kind, limit, after?.ToString()), context.Host.ListKinds(), cancellationToken);
    }
}
