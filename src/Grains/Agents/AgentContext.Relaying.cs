using OrleansAgents.Messaging;

namespace OrleansAgents.Agents;

/// <content>What the platform's own agents do with messages that are not simply theirs.</content>
public sealed partial class AgentContext
{
    /// <summary>The answer in the place of the handler's own; null for that.</summary>
    internal object? AnswerInstead { get; private set; }

    /// <summary>A message of this agent under an id of the agent's choice, for <see cref="AskWith"/>.</summary>
    internal Envelope Write(MessageId id, AgentId to, Contract contract, ReadOnlyMemory<byte> payload) =>
        LinkPlain(new Envelope(id, Self, to, contract, value: null, payload), asks: false);

    /// <summary>A message on its way to the next, as a hop: its id, its sender and its conversation stay its own.</summary>
    /// <exception cref="AgentRefusedException">It has passed too many agents, or <paramref name="to"/> already.</exception>
    internal Envelope Relay(Envelope message, AgentId to) =>
        Redirect(message.Onward(to, AddHop(message, Self, Turns.Host.Options.Limits, [to])));

    /// <summary>
    /// Asks with a message as it is: its id and its sender stay its own, so that it is the same message to the one asked,
    /// however often it is asked with.
    /// </summary>
    /// <returns>The question's id.</returns>
    internal MessageId AskWith(Envelope message, TimeSpan? within, string? tag = null)
    {
        var id = MessageId.New();
        var until = Turns.Host.Time.GetUtcNow() + (within ?? Turns.Host.Options.AskTimeout);
        var asked = LinkPlain(new Envelope(id, Self, Self, message.Contract, value: null, "{}"u8.ToArray()).WithExpiry(until), asks: false);
        var leg = Seal(message.WithExpiry(until));
        // Also where its sender sealed it: the answer is sealed with the same key, and is for this agent.
        leg = leg.Extras is { Encryption: not null } extras ? leg.WithPayload(leg.PayloadJson, extras, isSealedHere: true) : leg;
        Ask(new Question(asked, [leg], new QuestionOptions { Tag = tag }));
        return id;
    }

    /// <summary>Has a message end as a dead letter, after the commit.</summary>
    internal void GiveUp(Envelope message, DateTimeOffset since, int attempts, Refusal refusal)
    {
        var given = new OutgoingMessage(Seal(message.WithExpiry(null)), since) { Attempts = attempts };
        if (new DeadLetterOffice(Turns.Host, Self).Write(given, refusal) is { } letter)
        {
            Resend(letter.Envelope);
        }
    }

    /// <summary>Answers the message being handled with this, whatever its handler answers.</summary>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query.</exception>
    internal void AnswerWith(object answer)
    {
        RefuseInQuery();
        AnswerInstead = answer;
    }

    /// <summary>Fails the turn of an agent that could not take what it is about to ask for.</summary>
    /// <exception cref="InvalidOperationException">The turn is over, or is that of a query, or the kind does not handle <typeparamref name="TMessage"/>.</exception>
    internal void DemandHandlerOf<TMessage>(string? remedy = null)
        where TMessage : notnull
    {
        RefuseInQuery();
        if (!Turns.Handles(Contract.Of<TMessage>()))
        {
            throw new InvalidOperationException($"The kind '{Self.Kind}' has no handler for {Contract.Of<TMessage>()}; add {remedy ?? $"IHandle<{typeof(TMessage).Name}>"}.");
        }
    }
}
