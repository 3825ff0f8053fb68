using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>Does steps one after the other, and takes them back where one fails. It waits for nothing: each answer is a turn.</summary>
[Agent(PatternKinds.Saga, Description = "Does steps one after the other, and takes them back in reverse order where one fails.")]
internal sealed class SagaAgent(IOptions<PatternOptions> options) : PatternAgent<SagaState>(options),
    IHandle<SagaStart>, IHandle<SagaCancel>, IHandle<Answers>, IHandle<SagaRead, SagaReading>
{
    public ValueTask HandleAsync(SagaStart message, AgentContext context, CancellationToken cancellationToken)
    {
        PatternCheck.Demand(SagaCheck.FindFault(message));
        if (State.Outcome is not null)
        {
            throw new AgentRefusedException("saga.exists", $"{Id} has been started already.");
        }

        State.Starter = StarterOf(context);
        (State.Tag, State.IsSequence, State.Outcome) = (message.Tag, message.IsSequence, SagaOutcome.Running);
        State.Steps.AddRange(message.Steps.Select(step => new SagaStepState { Step = step }));
        Go(SagaMove.Ask, context, refusal: null);
        return default;
    }

    public ValueTask HandleAsync(SagaCancel message, AgentContext context, CancellationToken cancellationToken)
    {
        _ = Find();
        // A step that is under way could still arrive behind its own compensation, so it ends first.
        State.IsCancelled = true;
        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.Question != State.Question)
        {
            return default;
        }

        State.Question = Guid.Empty;
        var run = new SagaRun(State);
        var answer = PatternAnswer.Of(message);
        var step = State.Steps[State.Current];
        var isExhausted = false;
        if (run.IsCompensating && answer.Refusal is { } refusal)
        {
            var compensation = Write(context, out _);
            isExhausted = IsExhausted(compensation, step.Tries, State.Since, refusal);
            if (isExhausted)
            {
                context.GiveUp(compensation, State.Since, step.Tries, refusal);
            }
        }

        Go(run.Take(answer, isExhausted), context, answer.Refusal);
        return default;
    }

    public ValueTask<SagaReading> HandleAsync(SagaRead request, AgentContext context, CancellationToken cancellationToken)
    {
        var outcome = Find();
        return new(new SagaReading(outcome, State.Starter, State.Tag, [.. State.Steps.Select(Describe)], State.Failed));
    }

    protected override void OnDue(AgentContext context)
    {
        if (State is { Outcome: SagaOutcome.Running, IsCancelled: true })
        {
            Go(new SagaRun(State).Cancel(), context, refusal: null);
        }
        else
        {
            Ask(context);
        }
    }

    private void Go(SagaMove move, AgentContext context, Refusal? refusal)
    {
        switch (move)
        {
            case SagaMove.Ask:
                State.Message = MessageId.New().Value;
                State.Since = Now;
                State.Steps[State.Current].Tries = 0;
                Ask(context);
                break;
            case SagaMove.AskAgain:
                ComeBack(context, State.Steps[State.Current].Tries, refusal!);
                break;
            default:
                End(context);
                break;
        }
    }

    private void Ask(AgentContext context)
    {
        var run = new SagaRun(State);
        var message = Write(context, out var missing);
        if (missing is not null && !run.IsCompensating)
        {
            Go(run.Fail("saga.carry", missing), context, refusal: null);
            return;
        }

        var step = State.Steps[State.Current];
        step.Tries++;
        State.Question = context.AskWith(message, step.Step.Within).Value;
    }

    private Envelope Write(AgentContext context, out string? missing)
    {
        var isCompensation = State.Outcome == SagaOutcome.Compensating;
        var step = State.Steps[State.Current].Step;
        var message = isCompensation ? step.Compensation! : step.Request;
        var payload = SagaPayload.Write(State.Steps, State.Current, isCompensation, out missing);
        return context.Write(new MessageId(State.Message), AgentId.Parse(message.To), Contract.Untyped(message.Type, message.Version), payload);
    }

    private void End(AgentContext context)
    {
        if (State.Starter is { } starter)
        {
            int[] stuck = [.. Enumerable.Range(0, State.Steps.Count).Where(i => State.Steps[i].Progress == SagaProgress.Stuck)];
            context.Tell(AgentId.Parse(starter), new SagaEnded(Id.Key, State.Tag, State.Outcome!.Value, [.. State.Steps.Select(s => s.Reply)], State.Failed, stuck));
        }

        ForgetLater(context);
    }

    private SagaOutcome Find() => State.Outcome
        ?? throw new AgentRefusedException("saga.unknown", $"{Id} was never started, or is forgotten.");

    private static SagaStepReading Describe(SagaStepState state) =>
        new(state.Step.Request.To, state.Step.Request.Type, state.Progress, state.Tries, state.Reply);
}
