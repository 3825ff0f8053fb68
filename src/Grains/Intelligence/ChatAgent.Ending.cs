using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Intelligence;

/// <content>How the way of a message ends: with an answer, with a reason, or because nobody wants one any more.</content>
public abstract partial class ChatAgent : IHandle<AskOver>, IHandle<RunOver>, IHandle<WorkFailed>
{
    /// <summary>The artifact of a run that is the model's answer.</summary>
    internal const string AnswerArtifact = "answer";

    ValueTask IHandle<AskOver>.HandleAsync(AskOver message, AgentContext context, CancellationToken cancellationToken)
    {
        Drop(context, one => one.Message == message.Message, message.Code);
        return default;
    }

    ValueTask IHandle<RunOver>.HandleAsync(RunOver message, AgentContext context, CancellationToken cancellationToken)
    {
        if (context.Sender == RunAddress.Of(message.Run))
        {
            Drop(context, one => one.Run == message.Run, RefusalCodes.Cancelled);
        }

        return default;
    }

    ValueTask IHandle<WorkFailed>.HandleAsync(WorkFailed message, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Summing == message.Work)
        {
            State.Summing = null;
        }
        else if (State.Current is { } one && one.Work == message.Work)
        {
            Fail(context, one, message.Code, message.Reason);
        }
        else if (FindCall(message.Work) is ({ } current, { } call))
        {
            ToolTelemetry.Ended(Id.Kind, call, ToolTelemetry.Failed, context.Now);
            Return(context, current, call, ToolResult.OfFault(message.Reason), isFault: false);
            Advance(context, current);
        }

        return default;
    }

    /// <summary>Gives the answer, once it keeps the form that was asked for.</summary>
    private void Conclude(AgentContext context, Exchange one, ChatThought thought)
    {
        var said = StoredMessage.Read(thought.Said);
        if (FindForm(one.Type, one.Version) is { } form)
        {
            var reading = ResponseSchema.Read(form, string.Concat(said.Select(m => m.Text)));
            if (reading.Message is not { } record)
            {
                Mend(context, one, reading);
                return;
            }

            context.Answer(new MessageId(one.Message), record);
            End(context, one, code: null, run => run.Complete(message: null, new Artifact("reply", [Part.OfData(record)], Last: true)));
            return;
        }

        var parts = ChatParts.FromAnswer(said);
        context.Answer(new MessageId(one.Message), new ChatSaid(parts));
        End(context, one, code: null, run => run.Complete(new Artifact(AnswerArtifact, parts, Last: true), thought.Writer));
    }

    /// <summary>Tells the model what is wrong with its answer, if it has not been told too often.</summary>
    private void Mend(AgentContext context, Exchange one, ResponseReading reading)
    {
        if (++one.Faults > Setup.Options.Faults)
        {
            var problem = reading.Problems[0];
            Fail(context, one, ChatCodes.NotInForm, $"The model did not answer in the form asked for, in {one.Faults} tries: at '{problem.Pointer}': {problem.Message}");
            return;
        }

        Remember(context, StoredMessage.Write([new ChatMessage(ChatRole.User, reading.RepairPrompt)]));
        Think(context, one);
    }

    /// <summary>Ends without an answer. Whoever waits learns why.</summary>
    private void Fail(AgentContext context, Exchange one, string code, string reason)
    {
        LogUnanswered(Turns.Host.Logger, Id, one.Message, one.Sender, code);
        Undo(context, one, reason);
        context.Refuse(new MessageId(one.Message), new Refusal(code, reason));
        // A run that is over wants no word of it any more.
        End(context, one, code, code is RunCodes.Final or RunCodes.Unknown ? null : run => run.Fail(code, reason));
    }

    /// <summary>Ends what nobody wants any more, be it under way or still waiting.</summary>
    private void Drop(AgentContext context, Predicate<Exchange> isIt, string code)
    {
        var state = State;
        foreach (var waiting in state.Waiting.FindAll(isIt))
        {
            context.CancelScheduled(new MessageId(waiting.Kept));
            state.Waiting.Remove(waiting);
        }

        if (state.Current is { } one && isIt(one))
        {
            Undo(context, one, "Nobody waits for the answer any more.");
            End(context, one, code, report: null);
        }
    }

    /// <summary>
    /// Stops what is under way. An exchange without an answer is forgotten, unless tools were called: what they did is done,
    /// and the model is to know it. Each call then has its result, and the exchange an end.
    /// </summary>
    private void Undo(AgentContext context, Exchange one, string reason)
    {
        if (one.Work is { } work)
        {
            Withdraw(context, work);
        }

        foreach (var call in one.Calls.ToArray())
        {
            if (call.Under is { } under)
            {
                Spans.EndTool(under, RefusalCodes.Cancelled);
                ToolTelemetry.Ended(Id.Kind, call, ToolTelemetry.Cancelled, context.Now);
                context.Withdraw(new MessageId(under));
            }

            if (one.HasActed)
            {
                Return(context, one, call, ToolResult.OfFault(call.Under is null ? "It was not called." : "What came of it is not known."), isFault: false);
            }
        }

        if (one.HasActed)
        {
            Remember(context, StoredMessage.Write([new ChatMessage(ChatRole.Assistant, $"(There was no answer: {reason})")]));
        }
        else
        {
            Forget(context, one.First, State.Last);
        }
    }

    private void End(AgentContext context, Exchange one, string? code, Action<RunContext>? report)
    {
        if (one.Run is { } run && report is not null)
        {
            report(context.RunOf(run));
        }

        Spans.EndInvocation(one, context.Now, Setup.Model, code);
        State.Current = null;
        Tidy(context, one);
        Next(context);
    }

    /// <summary>Begins with what has waited longest.</summary>
    private void Next(AgentContext context)
    {
        while (State.Current is null && State.Waiting.Count > 0)
        {
            var next = State.Waiting[0];
            State.Waiting.RemoveAt(0);
            context.CancelScheduled(new MessageId(next.Kept));
            try
            {
                Begin(context, next, _memory.FindWaiting(next.Kept));
            }
            catch (JsonException e)
            {
                context.Refuse(new MessageId(next.Message), new Refusal(RefusalCodes.InvalidPayload, e.Message));
                if (next.Run is { } run)
                {
                    context.RunOf(run).Fail(RefusalCodes.InvalidPayload, e.Message);
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} has no answer to {Message} of {Sender}: {Code}")]
    private static partial void LogUnanswered(ILogger logger, AgentId agent, Guid message, string sender, string code);
}
