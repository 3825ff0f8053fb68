using Microsoft.Extensions.AI;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <content>What falls out of the window is summed up, and what is old is dropped.</content>
public abstract partial class ChatAgent : IHandle<ChatSummed>, IWork<ChatSum, ChatSummed>
{
    private const int MostCharactersPerToken = 8;

    ValueTask IHandle<ChatSummed>.HandleAsync(ChatSummed message, AgentContext context, CancellationToken cancellationToken)
    {
        Settle(context, message.Spent);
        _calls.Remove(context.Message.Id.Value);
        var state = State;
        if (state.Summing != context.Message.Id.Value)
        {
            return default;
        }

        state.Summing = null;
        if (message.Text is { } text)
        {
            context.KeepOwn(new ChatSummary(text, message.Through), ChatMemory.SummaryId);
            state.Summed = Math.Max(state.Summed, message.Through);
        }

        return default;
    }

    async Task<ChatSummed> IWork<ChatSum, ChatSummed>.WorkAsync(ChatSum work, WorkContext context, CancellationToken cancellationToken)
    {
        var options = Setup.Options;
        var budget = new ChatBudget(Turns.Host, Setup, context.Id, Id, AgentId.Parse(work.Identity), context.ConversationId);
        var messages = _memory.Between(work.Behind, work.Through).ToArray();
        // Half of the window stays free, so that not each exchange is followed by a summary.
        var left = HistoryWindow.Choose([.. messages.Select(m => m.Message)], options.WindowTokens / 2).Left;
        var call = new ChatModelCall(Turns.Host, Setup, budget, run: null);
        if (left.Count == 0)
        {
            return new ChatSummed(Text: null, work.Behind, []);
        }

        Begun(context, call);
        var asked = HistorySummary.Ask(left, _memory.Summary?.Text, options.SummaryTokens);
        var thought = await call.RunAsync(
            _ => (asked, new ChatOptions { MaxOutputTokens = options.SummaryTokens }), Turns.Host.Time.GetUtcNow() + options.Within, round: 1, cancellationToken);
        var text = thought.Code is null ? string.Concat(StoredMessage.Read(thought.Said).Select(m => m.Text)).Trim() : "";
        // A model that does not keep to the length it was told would fill the window with its summary.
        var most = options.SummaryTokens * MostCharactersPerToken;
        return new ChatSummed(text.Length == 0 ? null : text.Length > most ? text[..most] : text, messages[left.Count - 1].Place, thought.Spent);
    }

    /// <summary>Behind an exchange: drops what is more than may be kept, and sums up what does not fit the window any more.</summary>
    private void Tidy(AgentContext context, Exchange one)
    {
        var state = State;
        var options = Setup.Options;
        if (_memory.FindDropped(options.Kept, options.KeptBytes, before: one.First) is var dropped && dropped >= state.First)
        {
            Forget(context, state.First, dropped);
            (state.First, state.Summed) = (dropped + 1, Math.Max(state.Summed, dropped));
        }

        if (options.SummaryTokens > 0 && state.Summing is null && _memory.TokensBehind(state.Summed) > options.WindowTokens)
        {
            context.SpeakIn(one.Conversation);
            state.Summing = Track(context.BeginFor(new ChatSum(state.Summed, state.Last, one.Sender), run: null));
        }
    }
}
