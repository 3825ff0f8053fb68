using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Conversations;

/// <summary>Keeps no state: each conversation that it knows is a message that it never sends, which the store keeps by itself.</summary>
internal sealed class ConversationsState;

/// <summary>Knows a part of the conversations that there are.</summary>
[Agent(ConversationAddress.IndexKind, Description = "Knows which conversations there are.")]
internal sealed class ConversationsAgent(AgentHost host) : Agent<ConversationsState>,
    IHandle<ConversationBegan>, IHandle<ConversationEnded>, IHandle<ConversationsList, ConversationsPage>
{
    private readonly Dictionary<string, (ConversationBegan Began, MessageId Kept)> _known = new(StringComparer.Ordinal);

    public ValueTask HandleAsync(ConversationBegan message, AgentContext context, CancellationToken cancellationToken)
    {
        Demand(message.Conversation, context);
        if (_known.TryGetValue(message.Conversation, out var before))
        {
            if (before.Began.Begin == message.Begin && before.Began.Started <= message.Started)
            {
                return default;
            }

            context.CancelScheduled(before.Kept);
        }

        context.Keep(context.Message.WithExpiry(null));
        _known[message.Conversation] = (message, context.Message.Id);
        return default;
    }

    public ValueTask HandleAsync(ConversationEnded message, AgentContext context, CancellationToken cancellationToken)
    {
        Demand(message.Conversation, context);
        if (_known.TryGetValue(message.Conversation, out var known) && known.Began.Begin == message.Begin)
        {
            context.CancelScheduled(known.Kept);
            _known.Remove(message.Conversation);
        }

        return default;
    }

    public ValueTask<ConversationsPage> HandleAsync(ConversationsList request, AgentContext context, CancellationToken cancellationToken)
    {
        if (request.Limit is < 1 or > ConversationsList.MostConversations)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"'limit' is from 1 to {ConversationsList.MostConversations}.");
        }

        var matching = _known.Values.Select(k => k.Began)
            .Where(b => !(b.Started <= request.StartedAfter) && !(b.Started >= request.StartedBefore))
            .OrderByDescending(b => b.Started).ToArray();
        return new(new ConversationsPage(
            [.. matching.Take(request.Limit).Select(b => new ConversationEntry(b.Conversation, b.Started, b.Sender, b.Recipient, b.Type))], matching.Length));
    }

    protected override ValueTask OnStartAsync(CancellationToken cancellationToken)
    {
        _known.Clear();
        foreach (var kept in Turns.Outbox.Later.Messages.Values.Where(m => m.DueAt == DateTimeOffset.MaxValue))
        {
            var message = kept.Envelope;
            // One whose key is gone is listed no more, and keeps nobody from reading the others.
            if (host.Cipher is null || host.Cipher.TryOpen(message, out message!, out _))
            {
                var began = (ConversationBegan)message.ReadPayload(Contract.Of<ConversationBegan>());
                _known[began.Conversation] = (began, message.Id);
            }
        }

        return default;
    }

    private static void Demand(string conversation, AgentContext context) =>
        NoteRule.Demand(context.Message, ConversationAddress.For(conversation), ConversationAddress.IndexFor(conversation));
}
