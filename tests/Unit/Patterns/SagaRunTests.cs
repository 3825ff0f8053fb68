using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;
using Xunit;

namespace OrleansAgents.Tests.Patterns;

public sealed class SagaRunTests
{
    private static readonly PatternAnswer Given = new(JsonElement.Parse("""{"n":1}"""), null);
    private static readonly PatternAnswer Refused = new(null, new Refusal("x.no", "No."));
    private static readonly PatternAnswer Failed = new(null, new Refusal(RefusalCodes.HandlerFailed, "It failed."));
    private static readonly PatternAnswer Late = new(null, new Refusal(RefusalCodes.DeadlineExceeded, "Too late."));

    [Fact]
    public void Take_OfAllReplies_Completes()
    {
        var state = New(2);
        var run = new SagaRun(state);
        Assert.Equal((SagaMove.Ask, 1), (run.Take(Given, false), state.Current));
        Assert.Equal((SagaMove.End, SagaOutcome.Completed), (run.Take(Given, false), state.Outcome));
        Assert.Equal([SagaProgress.Done, SagaProgress.Done], state.Steps.Select(s => s.Progress));
    }

    [Fact]
    public void Take_OfARefusal_CompensatesWhatWasDoneInReverse()
    {
        var state = New(3);
        var run = new SagaRun(state);
        run.Take(Given, false);
        run.Take(Given, false);
        Assert.Equal((SagaMove.Ask, 1, SagaOutcome.Compensating), (run.Take(Refused, false), state.Current, state.Outcome));
        Assert.Equal((SagaMove.Ask, 0), (run.Take(Given, false), state.Current));
        Assert.Equal((SagaMove.End, SagaOutcome.Compensated), (run.Take(Given, false), state.Outcome));
        Assert.Equal([SagaProgress.Compensated, SagaProgress.Compensated, SagaProgress.Failed], state.Steps.Select(s => s.Progress));
    }

    [Fact]
    public void Take_OfAnUnknownOutcome_CompensatesThatStepToo()
    {
        var state = New(1);
        state.Steps[0].Tries = 1;
        var run = new SagaRun(state);
        Assert.Equal((SagaMove.Ask, 0, SagaProgress.Unknown), (run.Take(Late, false), state.Current, state.Steps[0].Progress));
    }

    [Fact]
    public void Take_OfAFailureBehindAnUnknownOutcome_IsUnknownStill()
    {
        var state = New(1, retries: 1);
        state.Steps[0].Tries = 1;
        var run = new SagaRun(state);
        Assert.Equal(SagaMove.AskAgain, run.Take(Late, false));
        state.Steps[0].Tries = 2;
        Assert.Equal((SagaMove.Ask, SagaProgress.Unknown), (run.Take(Failed, false), state.Steps[0].Progress));
    }

    [Fact]
    public void Take_OfAFailure_IsRepeatedAndARefusalIsNot()
    {
        var state = New(1, retries: 1);
        state.Steps[0].Tries = 1;
        Assert.Equal(SagaMove.AskAgain, new SagaRun(state).Take(Failed, false));
        Assert.Equal(SagaMove.End, new SagaRun(state).Take(Refused, false));
    }

    [Fact]
    public void Take_OfACompensationThatFails_IsRepeatedUntilItIsGivenUp()
    {
        var state = New(2);
        var run = new SagaRun(state);
        run.Take(Given, false);
        run.Take(Refused, false);
        Assert.Equal((SagaMove.AskAgain, 0), (run.Take(Refused, false), state.Current));
        Assert.Equal((SagaMove.End, SagaOutcome.Stuck), (run.Take(Refused, true), state.Outcome));
        Assert.Equal(SagaProgress.Stuck, state.Steps[0].Progress);
    }

    [Fact]
    public void Take_OfTheLastReplyWhenCancelled_CompensatesAll()
    {
        var state = New(1);
        state.IsCancelled = true;
        Assert.Equal((SagaMove.Ask, SagaOutcome.Compensating), (new SagaRun(state).Take(Given, false), state.Outcome));
        Assert.Equal("saga.cancelled", state.Failed!.Code);
    }

    [Fact]
    public void Take_OfRepliesTooLargeToKeep_CompensatesTheStepToo()
    {
        var state = New(1);
        var large = new PatternAnswer(JsonSerializer.SerializeToElement(new string('x', SagaRun.ReplyBytes)), null);
        Assert.Equal((SagaMove.Ask, "saga.too-large"), (new SagaRun(state).Take(large, false), state.Failed!.Code));
    }

    [Fact]
    public void Fail_OfASequence_Ends()
    {
        var state = New(2);
        state.IsSequence = true;
        var run = new SagaRun(state);
        run.Take(Given, false);
        Assert.Equal((SagaMove.End, SagaOutcome.Failed), (run.Take(Refused, false), state.Outcome));
    }

    [Fact]
    public void Payload_ThatCarries_HasThePartOfTheReply()
    {
        var steps = New(2).Steps;
        steps[0].Reply = JsonElement.Parse("""{"a":{"b/c":[1,2]}}""");
        steps[1].Step = Step(new SagaCarry("into", "/a/b~1c/1"), new SagaCarry("all"));
        var payload = JsonElement.Parse(SagaPayload.Write(steps, 1, isCompensation: false, out var missing));
        Assert.Null(missing);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""{"x":1,"into":2,"all":{"a":{"b/c":[1,2]}}}"""), payload), payload.ToString());
        steps[1].Step = Step(new SagaCarry("into", "/a/none"));
        SagaPayload.Write(steps, 1, isCompensation: false, out missing);
        Assert.Contains("/a/none", missing, StringComparison.Ordinal);
    }

    [Fact]
    public void FindFault_OfFaultySagas_SaysWhichStepAndWhy()
    {
        Assert.Null(SagaCheck.FindFault(new SagaStart([Step(), Step(new SagaCarry("x"))])));
        Assert.Contains("1 to 100", SagaCheck.FindFault(new SagaStart([])), StringComparison.Ordinal);
        Assert.Contains("Step 0", SagaCheck.FindFault(new SagaStart([Step(new SagaCarry("x"))])), StringComparison.Ordinal);
        Assert.Contains("JSON pointer", SagaCheck.FindFault(new SagaStart([Step(), Step(new SagaCarry("x", "y"))])), StringComparison.Ordinal);
        Assert.Contains("above zero", SagaCheck.FindFault(new SagaStart([Step() with { Within = TimeSpan.Zero }])), StringComparison.Ordinal);
        Assert.Contains("sequence", SagaCheck.FindFault(new SagaStart([Step() with { Compensation = Step().Request }], IsSequence: true)), StringComparison.Ordinal);
        Assert.Contains("no contract", SagaCheck.FindFault(new SagaStart([Step() with { Request = Step().Request with { Type = "No" } }])), StringComparison.Ordinal);
        Assert.Contains("JSON object", SagaCheck.FindFault(new SagaStart([Step() with { Request = Step().Request with { Payload = JsonElement.Parse("1") } }])), StringComparison.Ordinal);
    }

    private static SagaState New(int steps, int retries = 0) => new()
    {
        Outcome = SagaOutcome.Running,
        Steps = [.. Enumerable.Range(0, steps).Select(_ => new SagaStepState { Step = Step() with { Compensation = Step().Request, Retries = retries } })],
    };

    private static SagaStep Step(params IReadOnlyList<SagaCarry> carry) => new(new SagaMessage("a/1", "test.x", JsonElement.Parse("""{"x":1}"""), Carry: carry));
}
