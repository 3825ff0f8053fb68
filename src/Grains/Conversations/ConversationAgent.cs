using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Conversations;

/// <summary>Has a conversation look whether it is time to be forgotten. It tells itself.</summary>
[Contract("conversation.forget")]
internal sealed record ConversationForget;

/// <summary>Keeps what was said in one conversation, until nobody has said anything for long.</summary>
[Agent(ConversationAddress.Kind, Description = "Keeps what agents were sent in a conversation, for a while.")]
internal sealed class ConversationAgent(AgentHost host, IOptions<ConversationOptions> options) : Agent<ConversationState>,
    IHandle<ConversationSaid>, IHandle<ConversationForget>, IHandle<ConversationRead, ConversationPage>
{
    // A page is one message: of long ones fewer fit.
    private const int PageBytes = 1 << 20;

    private readonly ConversationOptions _options = options.Value;
    private readonly KeptNotes _notes = new();

    public ValueTask HandleAsync(ConversationSaid message, AgentContext context, CancellationToken cancellationToken)
    {
        NoteRule.Demand(context.Message, AgentId.Parse(message.Recipient), ConversationAddress.For(message.Conversation));
        var key = ConversationNotes.KeyOf(message);
        var known = _notes.Find(key);
        if (known is not null && (known.Outcome == Outcome.Accepted || known.Message.Id == context.Message.Id))
        {
            // Tried again and handled before, or a note that came twice.
            return default;
        }

        var state = State;
        state.Last = host.Time.GetUtcNow();
        Begin(state, message, context);
        state.Forget ??= context.Schedule(state.Last + _options.Age, Id, new ConversationForget()).Value;
        if (known is not null)
        {
            Drop(state, known, context);
        }

        var size = context.Message.PayloadJson.Length;
        if (state.Kept >= _options.MaxMessages || state.Bytes + size > _options.MaxBytes)
        {
            state.Missing++;
            return default;
        }

        (state.Kept, state.Bytes) = (state.Kept + 1, state.Bytes + size);
        context.Keep(_notes.Add(context.Message, key, ++state.Sequence, message.Outcome));
        return default;
    }

    public ValueTask<ConversationPage> HandleAsync(ConversationRead request, AgentContext context, CancellationToken cancellationToken)
    {
        if (request.After < 0 || request.Limit is < 1 or > ConversationRead.MostNotes)
        {
            throw new AgentRefusedException(
                RefusalCodes.InvalidPayload, $"'after' is 0 or more, and 'limit' from 1 to {ConversationRead.MostNotes}.");
        }

        var notes = new List<ConversationNote>();
        var at = _notes.IndexAfter(request.After);
        for (var bytes = 0; at < _notes.InOrder.Count && notes.Count < request.Limit && bytes < PageBytes; at++)
        {
            var kept = _notes.InOrder[at];
            bytes += kept.Message.PayloadJson.Length;
            notes.Add(new ConversationNote(kept.Sequence, Read(kept.Message)));
        }

        var state = State;
        return new(new ConversationPage(notes, at < _notes.InOrder.Count, state.Kept, state.Missing, state.Begin is null ? null : state.Last));
    }

    public ValueTask HandleAsync(ConversationForget message, AgentContext context, CancellationToken cancellationToken)
    {
        var state = State;
        if (context.Message.Id.Value != state.Forget)
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, "A conversation forgets by its own clock.");
        }

        var due = state.Last + _options.Age;
        if (due > host.Time.GetUtcNow())
        {
            state.Forget = context.Schedule(due, Id, new ConversationForget()).Value;
            return default;
        }

        foreach (var note in _notes.InOrder)
        {
            context.CancelScheduled(note.Message.Id);
        }

        context.Tell(ConversationAddress.IndexFor(state.Conversation), new ConversationEnded(state.Conversation, state.Begin!.Value));
        _notes.Clear();
        state.Clear();
        return default;
    }

    protected override ValueTask OnStartAsync(CancellationToken cancellationToken)
    {
        _notes.Clear();
        _notes.Restore(Turns.Outbox.Later.Messages.Values.Where(m => m.DueAt == DateTimeOffset.MaxValue).Select(m => m.Envelope));
        return default;
    }

    /// <summary>Has the list know of the conversation, and of its earliest message: one that waits for another is noted after it.</summary>
    private static void Begin(ConversationState state, ConversationSaid said, AgentContext context)
    {
        if (state.Begin is not null && said.At >= state.Started)
        {
            return;
        }

        state.Begin ??= context.Message.Id.Value;
        (state.Conversation, state.Started) = (said.Conversation, said.At);
        context.Tell(
            ConversationAddress.IndexFor(said.Conversation),
            new ConversationBegan(said.Conversation, state.Begin.Value, said.At, said.Sender, said.Recipient, said.Type));
    }

    private void Drop(ConversationState state, KeptNote known, AgentContext context)
    {
        (state.Kept, state.Bytes) = (state.Kept - 1, state.Bytes - known.Message.PayloadJson.Length);
        _notes.Remove(known);
        context.CancelScheduled(known.Message.Id);
    }

    private ConversationSaid Read(Envelope note)
    {
        // A copy, so that the record is not kept along.
        var copy = note.WithExpiry(null);
        return (ConversationSaid)(host.Cipher?.Open(copy) ?? copy).ReadPayload(Contract.Of<ConversationSaid>());
    }
}
