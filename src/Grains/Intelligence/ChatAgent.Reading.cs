using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <content>The conversation as it is stored, and how it is forgotten.</content>
public abstract partial class ChatAgent : IHandle<ChatHistory, ChatHistoryPage>, IHandle<ChatClear, ChatCleared>
{
    ValueTask<ChatHistoryPage> IHandle<ChatHistory, ChatHistoryPage>.HandleAsync(ChatHistory request, AgentContext context, CancellationToken cancellationToken)
    {
        if (request.After < 0 || request.Limit is < 1 or > ChatHistory.MostMessages)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"'after' is 0 or more, and 'limit' from 1 to {ChatHistory.MostMessages}.");
        }

        var page = _memory.Between(request.After, long.MaxValue).Take(request.Limit + 1).ToArray();
        var entries = page.Take(request.Limit).Select(m => new ChatEntry(m.Place, m.At, m.Message.Role.Value, ChatParts.FromMessage(m.Message))).ToArray();
        return new(new ChatHistoryPage(entries, page.Length > request.Limit, _memory.Last, _memory.Summary?.Text, _memory.Summary?.Through ?? 0));
    }

    ValueTask<ChatCleared> IHandle<ChatClear, ChatCleared>.HandleAsync(ChatClear request, AgentContext context, CancellationToken cancellationToken)
    {
        var state = State;
        if (state.Current is not null)
        {
            throw new AgentRefusedException(new Refusal(RefusalCodes.Busy, $"{Id} is answering, and forgets nothing meanwhile.") { RetryAfterMs = 1000 });
        }

        if (state.Summing is { } summing)
        {
            Withdraw(context, summing);
            state.Summing = null;
        }

        var messages = _memory.Between(0, state.Last).Count();
        Forget(context, state.First, state.Last);
        context.CancelScheduled(ChatMemory.SummaryId);
        (state.First, state.Summed) = (state.Last + 1, state.Last);
        return new(new ChatCleared(messages));
    }
}
