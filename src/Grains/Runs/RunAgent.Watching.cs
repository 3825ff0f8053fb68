using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <content>
/// Agents that are told of each event of the run, because its owner wants it. They are told where the log has come to and
/// read it themselves, so that one that is slow costs the run nothing.
/// </content>
internal sealed partial class RunAgent : IHandle<RunWatch, RunWatched>
{
    private const int MostWatchers = 4;

    public ValueTask<RunWatched> HandleAsync(RunWatch request, AgentContext context, CancellationToken cancellationToken)
    {
        DemandOwner(context);
        var state = State;
        if (!AgentId.TryParse(request.Agent, defaultKind: null, out var agent, out var fault))
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
        }

        if (!IsHandled(agent, Contract.Of<RunMoved>()))
        {
            throw new AgentRefusedException(RunCodes.NotListening, $"{agent} does not handle what happens in a run.");
        }

        if (state.Watchers?.Contains(request.Agent) is not true)
        {
            if (state.Watchers?.Count >= MostWatchers)
            {
                throw new AgentRefusedException(RunCodes.Full, $"{MostWatchers} agents watch {Id}, and no more may.");
            }

            (state.Watchers ??= []).Add(request.Agent);
        }

        return new(new RunWatched(state.Conversation, state.State, state.Sequence));
    }

    private void TellWatchers(AgentContext context, bool isOver)
    {
        foreach (var watcher in State.Watchers ?? [])
        {
            context.Tell(AgentId.Parse(watcher), new RunMoved(Id.Key, State.Sequence, isOver));
        }
    }

    /// <summary>Its owner reads the log, and so do those whom the owner lets watch.</summary>
    private void DemandReader(AgentContext context)
    {
        if (State.Watchers?.Contains(context.Sender.ToString()) is not true)
        {
            DemandOwner(context);
        }
    }
}
