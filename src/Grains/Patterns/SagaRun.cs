using System.Text;
using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>What a saga does next.</summary>
internal enum SagaMove
{
    /// <summary>Ask the current step, or its compensation.</summary>
    Ask,

    /// <summary>The same again, after a pause.</summary>
    AskAgain,

    /// <summary>It is over.</summary>
    End,
}

/// <summary>Decides how a saga goes on. Pure: it knows neither time nor agents.</summary>
internal sealed class SagaRun(SagaState state)
{
    /// <summary>How much of replies is kept: what is told in the end must fit into a message.</summary>
    public const int ReplyBytes = 128 * 1024;

    public bool IsCompensating => state.Outcome == SagaOutcome.Compensating;

    private SagaStepState Current => state.Steps[state.Current];

    /// <summary>Goes on with what became of a try.</summary>
    /// <param name="answer">What the agent answered.</param>
    /// <param name="isExhausted">Whether a compensation has been tried as often as it is.</param>
    public SagaMove Take(PatternAnswer answer, bool isExhausted) =>
        IsCompensating ? TakeCompensation(answer, isExhausted) : TakeStep(answer);

    /// <summary>Takes back what was done, from a step that nobody waits for.</summary>
    public SagaMove Cancel() => Fail("saga.cancelled", "Somebody cancelled the saga.");

    /// <summary>Takes back what was done before a step that cannot be asked.</summary>
    public SagaMove Fail(string code, string reason)
    {
        state.Failed = new SagaFailure(state.Current, code, reason);
        if (state.IsSequence)
        {
            state.Outcome = SagaOutcome.Failed;
            return SagaMove.End;
        }

        state.Outcome = SagaOutcome.Compensating;
        return Compensate();
    }

    private SagaMove TakeStep(PatternAnswer answer)
    {
        if (answer.Refusal is { } refusal)
        {
            // Once it is unknown it stays so: a try that failed later says nothing of the one before.
            Current.Progress = answer.IsUnknown || Current.Progress == SagaProgress.Unknown ? SagaProgress.Unknown : SagaProgress.Failed;
            return answer.CanRepeat && !state.IsCancelled && Current.Tries <= Current.Step.Retries
                ? SagaMove.AskAgain
                : Fail(refusal.Code, refusal.Message);
        }

        Current.Progress = SagaProgress.Done;
        if (answer.Json is { } reply && Size(reply) + state.Steps.Sum(s => s.Reply is { } other ? Size(other) : 0) > ReplyBytes)
        {
            return Fail("saga.too-large", $"With its reply the saga would keep more than {ReplyBytes} bytes of replies.");
        }

        Current.Reply = answer.Json;
        if (state.IsCancelled)
        {
            return Cancel();
        }

        if (state.Current == state.Steps.Count - 1)
        {
            state.Outcome = SagaOutcome.Completed;
            return SagaMove.End;
        }

        state.Current++;
        return SagaMove.Ask;
    }

    private SagaMove TakeCompensation(PatternAnswer answer, bool isExhausted)
    {
        if (answer.Refusal is not null && !isExhausted)
        {
            return SagaMove.AskAgain;
        }

        Current.Progress = answer.Refusal is null ? SagaProgress.Compensated : SagaProgress.Stuck;
        return Compensate();
    }

    private SagaMove Compensate()
    {
        while (state.Current >= 0)
        {
            if (Current.Progress is SagaProgress.Done or SagaProgress.Unknown && Current.Step.Compensation is not null)
            {
                return SagaMove.Ask;
            }

            state.Current--;
        }

        state.Outcome = state.Steps.Exists(s => s.Progress == SagaProgress.Stuck) ? SagaOutcome.Stuck : SagaOutcome.Compensated;
        return SagaMove.End;
    }

    private static int Size(JsonElement json) => Encoding.UTF8.GetByteCount(json.GetRawText());
}
