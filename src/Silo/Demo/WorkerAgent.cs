using System.Globalization;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Demo;

/// <summary>Works in steps, beside the agent's turns.</summary>
/// <param name="Steps">How many, 1 to 1000.</param>
/// <param name="Ms">How long each takes, 0 to 60,000 ms.</param>
/// <param name="Ask">Whether the owner of the run is asked first.</param>
[Contract("work.steps")]
internal sealed record WorkSteps(int Steps = 3, int Ms = 0, bool Ask = false);

/// <summary>What the work is.</summary>
[Contract("work.plan")]
internal sealed record WorkPlan(int Steps, int Ms);

/// <summary>What came of it.</summary>
[Contract("work.done")]
internal sealed record WorkDone(int Steps);

internal sealed class WorkerState
{
    /// <summary>Plans whose owners were asked, by run.</summary>
    public Dictionary<string, WorkPlan> Waiting { get; set; } = [];
}

[Agent("worker", Description = "Works as long as its message asks, and writes on the way, to see what becomes of runs.", Public = true)]
internal sealed class WorkerAgent(TimeProvider time) : Agent<WorkerState>,
    IHandle<WorkSteps>, IHandle<RunSaid>, IHandle<WorkDone>, IWork<WorkPlan, WorkDone>
{
    public ValueTask HandleAsync(WorkSteps message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.Steps is < 1 or > 1000 || message.Ms is < 0 or > 60_000)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "The member 'steps' is from 1 to 1000, and 'ms' from 0 to 60000.");
        }

        var plan = new WorkPlan(message.Steps, message.Ms);
        if (message.Ask && context.Run is { } run)
        {
            State.Waiting[run.Id] = plan;
            run.AskOwner("Shall I begin?");
        }
        else
        {
            context.Begin(plan);
        }

        return default;
    }

    public ValueTask HandleAsync(RunSaid message, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Waiting.Remove(message.Run, out var plan))
        {
            context.Begin(plan);
        }

        return default;
    }

    public ValueTask HandleAsync(WorkDone message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Run?.Complete($"{message.Steps} steps done.");
        return default;
    }

    public async Task<WorkDone> WorkAsync(WorkPlan work, WorkContext context, CancellationToken cancellationToken)
    {
        for (var step = 1; step <= work.Steps; step++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(work.Ms), time, cancellationToken);
            await (context.Run?.WriteAsync(step.ToString(CultureInfo.InvariantCulture) + " ", "steps", cancellationToken) ?? Task.CompletedTask);
        }

        return new WorkDone(work.Steps);
    }
}
