using System.Text.Json;
using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <content>The way of one message to its answer: the model is called as work, and what it says is taken in a turn.</content>
public abstract partial class ChatAgent : IHandle<ChatThought>, IWork<ChatThink, ChatThought>
{
    ValueTask IHandle<ChatThought>.HandleAsync(ChatThought message, AgentContext context, CancellationToken cancellationToken)
    {
        Settle(context, message.Spent);
        _calls.Remove(context.Message.Id.Value);
        if (State.Current is not { } one || one.Work != context.Message.Id.Value)
        {
            return default;
        }

        one.Work = null;
        one.InputTokens += message.InputTokens;
        one.OutputTokens += message.OutputTokens;
        if (message.Code is { } code)
        {
            Fail(context, one, code, message.Reason!);
            return default;
        }

        foreach (var said in message.Said.EnumerateArray())
        {
            Remember(context, JsonSerializer.SerializeToElement(new[] { said }));
        }

        if (message.Wishes.Count > 0)
        {
            Call(context, one, message.Wishes);
        }
        else
        {
            Conclude(context, one, message);
        }

        return default;
    }

    async Task<ChatThought> IWork<ChatThink, ChatThought>.WorkAsync(ChatThink work, WorkContext context, CancellationToken cancellationToken)
    {
        var identity = AgentId.Parse(work.Identity);
        var budget = new ChatBudget(Turns.Host, Setup, context.Id, Id, identity, context.ConversationId);
        var form = FindForm(work.Type, work.Version);
        var call = new ChatModelCall(Turns.Host, Setup, budget, form is null ? context.Run : null);
        Begun(context, call);
        using var within = Spans.Enter(Spans.Invoke(work.Message, work.Trace, Setup.Model, context.ConversationId));
        return await call.RunAsync(tools => Prepare(work, tools, form), work.Until, Setup.Options.Rounds, cancellationToken);
    }

    /// <summary>Begins to answer.</summary>
    private void Begin(AgentContext context, Exchange one, JsonElement words)
    {
        var state = State;
        (one.Began, one.Until, one.First) = (context.Now, context.Now + Setup.Options.Within, state.Last + 1);
        state.Current = one;
        Remember(context, words);
        Think(context, one);
    }

    /// <summary>Has the model called, unless it was often enough.</summary>
    private void Think(AgentContext context, Exchange one)
    {
        var options = Setup.Options;
        if (one.Rounds >= options.Rounds)
        {
            Fail(context, one, ChatCodes.TooManyRounds, $"The model was called {one.Rounds} times and has no answer; that is the limit.");
        }
        else if (one.InputTokens + one.OutputTokens >= options.Tokens)
        {
            Fail(context, one, ChatCodes.TooManyTokens, $"{one.InputTokens + one.OutputTokens} tokens were used and there is no answer; {options.Tokens} is the limit.");
        }
        else if (context.Now >= one.Until)
        {
            Fail(context, one, RefusalCodes.DeadlineExceeded, $"There was no answer within {options.Within}.");
        }
        else
        {
            one.Rounds++;
            one.Work = Track(Start(context, one, new ChatThink(
                one.Message, one.Sender, State.Summed, State.Last, one.Type, one.Version, one.Until, one.Rounds == options.Rounds, one.Trace, one.First)));
        }
    }

    private static MessageId Start<TWork>(AgentContext context, Exchange one, TWork work)
        where TWork : notnull
    {
        context.SpeakIn(one.Conversation);
        return context.BeginFor(work, one.Run);
    }

    /// <summary>What the model is shown, and how it is to answer.</summary>
    private (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) Prepare(ChatThink work, ToolSet tools, Contract? form)
    {
        var options = new ChatOptions();
        Configure(options);
        options.Tools = tools.Tools.Count == 0 ? null : [.. tools.Tools];
        options.ToolMode = tools.Tools.Count == 0 ? null : work.IsLast ? ChatToolMode.None : ChatToolMode.Auto;
        options.MaxOutputTokens = Setup.Options.OutputTokens ?? options.MaxOutputTokens;
        options.ResponseFormat = form is null ? options.ResponseFormat : ResponseSchema.For(form);
        List<ChatMessage> all = [new(ChatRole.System, Instructions)];
        if (_memory.Summary is { } summary)
        {
            all.Add(HistorySummary.ToMessage(summary.Text));
        }

        ChatMessage? question = null;
        foreach (var kept in _memory.Between(work.Behind, work.Through))
        {
            all.Add(kept.Message);
            question = kept.Place == work.First ? kept.Message : question;
        }

        return (ChatParts.Join(HistoryWindow.Choose(all, Setup.Options.WindowTokens, question).Kept), options);
    }
}
