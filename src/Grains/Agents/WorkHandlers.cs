using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Agents;

/// <summary>What the runtime does where a class that does work has no handler of its own for what fails: a run that the work was for fails.</summary>
internal sealed class WorkFailedHandler(string kind) : Handler(kind, Contract.Of<WorkFailed>(), typeof(IHandle<WorkFailed>), upcast: null)
{
    public override ValueTask<object?> InvokeAsync(Agent agent, AgentContext context, CancellationToken cancellationToken)
    {
        var failed = (WorkFailed)Read(context);
        context.Run?.Fail(failed.Code, failed.Reason);
        return default;
    }
}

/// <summary>Withdraws the work for a run that is over.</summary>
internal sealed class RunOverHandler(string kind) : Handler(kind, Contract.Of<RunOver>(), typeof(IHandle<RunOver>), upcast: null)
{
    public override ValueTask<object?> InvokeAsync(Agent agent, AgentContext context, CancellationToken cancellationToken)
    {
        var over = (RunOver)Read(context);
        if (context.Sender == RunAddress.Of(over.Run))
        {
            foreach (var work in agent.Turns.FindWorkFor(over.Run))
            {
                context.Withdraw(work);
            }
        }

        return default;
    }
}
