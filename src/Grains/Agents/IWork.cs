using OrleansAgents.Runs;

namespace OrleansAgents.Agents;

/// <summary>
/// Does something that takes long beside the agent's turns: a call to a model, a download. A turn begins it with
/// <see cref="AgentContext.Begin{TWork}"/>; what it returns comes to the agent as a message, in a turn whose commit ends it.
/// The agent handles its other messages meanwhile, answers queries, and can be stopped.
/// </summary>
/// <remarks>
/// In a durable agent the work survives crashes: it is done again from its beginning until its end is handled, so what it
/// does outside should do no harm twice, or have <see cref="WorkContext.Id"/> as its key. What is to be done once goes into
/// the turn that takes its result. A volatile agent forgets its work when it stops. Work that fails is done again a few
/// times; then the agent gets <see cref="WorkFailed"/>, and where it does not handle that, a run that the work was for fails.
/// </remarks>
/// <typeparam name="TWork">What is to be done: a contract's record, which is stored.</typeparam>
/// <typeparam name="TDone">What came of it: the record of a contract that the agent handles, and takes from nobody but itself.</typeparam>
public interface IWork<TWork, TDone>
    where TWork : notnull
    where TDone : notnull
{
    /// <summary>
    /// Does the work. It runs on the agent's thread between the turns, so that it may wait but not compute for long; it
    /// must not touch the agent's state, which belongs to the turns. <paramref name="cancellationToken"/> ends when the work
    /// is withdrawn, its run is cancelled, or the agent stops.
    /// </summary>
    /// <exception cref="AgentRefusedException">Thrown by the implementation where doing it again is of no use: the work fails at once, with the code.</exception>
    Task<TDone> WorkAsync(TWork work, WorkContext context, CancellationToken cancellationToken);
}
