using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;

namespace OrleansAgents.Samples;

[Contract("step.done")]
public sealed record StepDone(string Step);

[Contract("plan.follow")]
public sealed record FollowPlan(string Name);

[Contract("plan.steps")]
public sealed record CountSteps : IQuery<int>;

[Agent("worker")]
public sealed class WorkerAgent : Agent, IHandle<StepDone>
{
    public async ValueTask HandleAsync(StepDone message, AgentContext context, CancellationToken cancellationToken)
    {
        var step = JsonPatchOperation.Add("/done/-", JsonSerializer.SerializeToElement(message.Step));
        await context.AskAsync(BlackboardAddress.Of("plan"), new BlackboardPatch([step]), cancellationToken);
    }
}

[Agent("overseer")]
public sealed class OverseerAgent : Agent<BlackboardView>, IHandle<FollowPlan>, IHandle<BlackboardDiff>, IHandle<CountSteps, int>
{
    public async ValueTask HandleAsync(FollowPlan message, AgentContext context, CancellationToken cancellationToken)
    {
        await context.SubscribeAsync(BlackboardAddress.TopicOf(message.Name), cancellationToken);
        State.Reset(await context.AskAsync(BlackboardAddress.Of(message.Name), new BlackboardRead(), cancellationToken));
    }

    public async ValueTask HandleAsync(BlackboardDiff diff, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Apply(diff) == BlackboardStep.Gap)
        {
            State.Reset(await context.AskAsync(BlackboardAddress.Of(diff.Board), new BlackboardRead(), cancellationToken));
        }
    }

    public ValueTask<int> HandleAsync(CountSteps request, AgentContext context, CancellationToken cancellationToken) =>
        new(State.Document.TryGetProperty("done", out var done) ? done.GetArrayLength() : 0);
}
