using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <content>The tools that the model calls: each is decided on in a turn, and its result is stored before the model hears of it.</content>
public abstract partial class ChatAgent : IHandle<Answers>, IHandle<ChatCalled>, IWork<ChatCall, ChatCalled>
{
    ValueTask IHandle<Answers>.HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        Spans.EndTool(message.Question, message.Single.Refusal?.Code);
        if (FindCall(message.Question) is not ({ } one, { } call))
        {
            return default;
        }

        ToolTelemetry.Ended(Id.Kind, call, ToolTelemetry.OutcomeOf(message.Single.Refusal), context.Now);
        if (message.Single.Refusal is { } refusal)
        {
            Return(context, one, call, ToolResult.Of(refusal), ToolResult.IsModels(refusal));
        }
        else
        {
            Return(context, one, call, ToolResult.Of(message.Single.ReadJson()), isFault: false);
        }

        Advance(context, one);
        return default;
    }

    ValueTask IHandle<ChatCalled>.HandleAsync(ChatCalled message, AgentContext context, CancellationToken cancellationToken)
    {
        if (FindCall(context.Message.Id.Value) is ({ } one, { } call))
        {
            ToolTelemetry.Ended(
                Id.Kind, call, message.Fault is null ? ToolTelemetry.Accepted : message.IsModels ? ToolTelemetry.Refused : ToolTelemetry.Failed, context.Now);
            Return(context, one, call, message.Fault is { } fault ? ToolResult.OfFault(fault) : ToolResult.Of(message.Result), message.IsModels);
            Advance(context, one);
        }

        return default;
    }

    async Task<ChatCalled> IWork<ChatCall, ChatCalled>.WorkAsync(ChatCall work, WorkContext context, CancellationToken cancellationToken)
    {
        var left = work.Until - Turns.Host.Time.GetUtcNow();
        var time = left < Setup.Options.ToolTimeout ? left : Setup.Options.ToolTimeout;
        var call = new ToolCallContext(context.Id.Value, Id, AgentId.Parse(work.Identity), context.ConversationId);
        var parent = Spans.Invoke(work.Message, work.Trace, Setup.Model, context.ConversationId);
        using var span = Spans.Execute(parent, work.Wish.Tool, work.Wish.CallId);
        var called = await MethodCall.RunAsync(Setup, ServiceProvider, work.Wish, call, time, Turns.Host, cancellationToken);
        ChatSpans.Mark(span, called.Fault is null ? null : "tool-failed");
        return called;
    }

    /// <summary>Begins what the model wants, all of it side by side.</summary>
    private void Call(AgentContext context, Exchange one, IReadOnlyList<ToolWish> wishes)
    {
        foreach (var wish in wishes)
        {
            var call = new OpenCall { Wish = wish };
            one.Calls.Add(call);
            if (wish.Fault is { } fault)
            {
                var isKnown = Setup.Own.Has(wish.Tool);
                ToolTelemetry.NotCalled(Id.Kind, isKnown ? wish.Tool : null, isKnown ? ToolTelemetry.Unreadable : ToolTelemetry.Unknown);
                Return(context, one, call, ToolResult.OfFault(fault), isFault: true);
            }
            else if (!wish.NeedsApproval)
            {
                Launch(context, one, call);
            }
            else if (one.Run is null)
            {
                ToolTelemetry.NotCalled(Id.Kind, wish.Tool, ToolTelemetry.Unapprovable);
                Return(context, one, call, ToolResult.OfFault($"{wish.Tool} needs the approval of a person, which can be had in a run and not here."), isFault: false);
            }
        }

        AskForApproval(context, one);
        Advance(context, one);
    }

    /// <summary>Begins one call.</summary>
    private void Launch(AgentContext context, Exchange one, OpenCall call)
    {
        var wish = call.Wish;
        if (wish.Agent is null)
        {
            (one.HasActed, call.BegunAt) = (true, context.Now);
            call.Under = Start(context, one, new ChatCall(wish, one.Message, one.Sender, one.Until, one.Trace)).Value;
        }
        else if (wish.Agent == Id.ToString() || one.Chain.Contains(wish.Agent, StringComparer.Ordinal))
        {
            ToolTelemetry.NotCalled(Id.Kind, wish.Tool, ToolTelemetry.Cycle);
            Return(context, one, call, ToolResult.OfFault($"{wish.Agent} waits for this answer itself and cannot be asked."), isFault: true);
        }
        else
        {
            (one.HasActed, call.BegunAt) = (true, context.Now);
            call.Under = Ask(context, one, wish).Value;
        }
    }

    private MessageId Ask(AgentContext context, Exchange one, ToolWish wish)
    {
        context.SpeakIn(one.Conversation);
        var span = Spans.Execute(Spans.Invoke(one.Message, one.Trace, Setup.Model, one.Conversation), wish.Tool, wish.CallId);
        using var within = Spans.Enter(span);
        var payload = System.Text.Encoding.UTF8.GetBytes(wish.Arguments.GetRawText());
        var message = context.Write(MessageId.New(), AgentId.Parse(wish.Agent!), Contract.Untyped(wish.Contract!, wish.Version), payload);
        // The one asked learns who waits, so that a circle is seen.
        message = message.With(message.Extras! with { Chain = CallChain.Of([Id, .. one.Chain.Select(AgentId.Parse)]) });
        var left = one.Until - context.Now;
        var question = context.AskWith(message, left < Setup.Options.ToolTimeout && left > TimeSpan.Zero ? left : Setup.Options.ToolTimeout, wish.CallId);
        Spans.Keep(question.Value, span);
        return question;
    }

    /// <summary>Stores the result of a call.</summary>
    private void Return(AgentContext context, Exchange one, OpenCall call, object? result, bool isFault)
    {
        one.Calls.Remove(call);
        one.Faults += isFault ? 1 : 0;
        Remember(context, StoredMessage.Write([new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.Wish.CallId, result)])]));
    }

    /// <summary>Goes on where no result is waited for.</summary>
    private void Advance(AgentContext context, Exchange one)
    {
        if (State.Current != one)
        {
            return;
        }

        if (one.Faults > Setup.Options.Faults)
        {
            Fail(context, one, ChatCodes.TooManyFaults, $"The model made {one.Faults} mistakes, and was told of each; {Setup.Options.Faults} is the limit.");
        }
        else if (one.Calls.Count == 0)
        {
            Think(context, one);
        }
    }

    private (Exchange? One, OpenCall? Call) FindCall(Guid under)
    {
        var one = State.Current;
        return (one, one?.Calls.Find(c => c.Under == under));
    }
}
