using System.Text;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>
/// Gives the messages of a conversation to its owner, one at a time: the next only when the one before was handled. So an
/// owner that hands over gets nothing more, and the next one gets nothing that it got.
/// </summary>
[Agent(PatternKinds.Desk, Description = "Gives the messages of a conversation, one at a time, to the agent that owns it.")]
internal sealed class DeskAgent(IOptions<PatternOptions> options) : PatternAgent<DeskState>(options), IHandleAny,
    IHandle<DeskOpen>, IHandle<DeskHandOff>, IHandle<DeskClose>, IHandle<Answers>, IHandle<DeskRead, DeskReading>
{
    private const string Prefix = "desk.";
    private const int MostText = 1024 * 1024;

    public ValueTask HandleAsync(DeskOpen message, AgentContext context, CancellationToken cancellationToken)
    {
        PatternCheck.Demand(DeskRun.FindFault(message.Owner, message.Note));
        if (State.Opener is not null)
        {
            throw new AgentRefusedException("desk.exists", $"{Id} is open already, or was closed lately.");
        }

        Run.Open(context.Sender.ToString(), message, Now);
        Give(context);
        return default;
    }

    public ValueTask HandleAsync(DeskHandOff message, AgentContext context, CancellationToken cancellationToken)
    {
        PatternCheck.Demand(DeskRun.FindFault(message.To, message.Note));
        DemandOwner(context);
        State.HandOff = message;
        Give(context);
        return default;
    }

    public ValueTask HandleAsync(DeskClose message, AgentContext context, CancellationToken cancellationToken)
    {
        DemandOwner(context);
        if (!State.IsClosed)
        {
            State.IsClosed = true;
            Give(context);
        }

        return default;
    }

    public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.Type.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw new AgentRefusedException(RefusalCodes.UnknownContract, $"A desk does not handle {message.Contract}, and gives on nothing whose name begins with {Prefix}");
        }

        Demand();
        if (State.IsClosed)
        {
            throw new AgentRefusedException("desk.closed", $"{Id} is closed.");
        }

        // Whether it may go on is said now, while somebody listens.
        _ = context.Relay(message, AgentId.Parse(State.Owner));
        var kept = message.WithExpiry(null).With((message.Extras ?? new()) with { ConversationId = message.Extras?.ConversationId ?? Id.Key });
        var text = Encoding.UTF8.GetString(EnvelopeJson.ToBytes(kept));
        if (State.Waiting.Count >= Options.DeskQueueLength || (State.Waiting.Count > 0 && State.Waiting.Sum(w => w.Length) + text.Length > MostText))
        {
            throw new AgentRefusedException(TurnFailure.Busy($"{State.Waiting.Count} messages wait at {Id} for its owner; that is the limit."));
        }

        State.Waiting.Add(text);
        Give(context);
        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.Question == State.Question)
        {
            State.Question = Guid.Empty;
            Settle(PatternAnswer.Of(message), context);
        }

        return default;
    }

    public ValueTask<DeskReading> HandleAsync(DeskRead request, AgentContext context, CancellationToken cancellationToken)
    {
        Demand();
        return new(new DeskReading(State.Owner, !State.IsClosed, State.Given, State.Waiting.Count, [.. State.Owners]));
    }

    protected override void OnDue(AgentContext context) => Ask(context);

    private DeskRun Run => new(State, Id);

    /// <summary>Gives the owner what comes next, unless it has something already.</summary>
    private void Give(AgentContext context)
    {
        if (State.IsGiving)
        {
            return;
        }

        Run.HandOver(Now);
        if (Run.HasMore)
        {
            (State.IsGiving, State.Tries, State.Since) = (true, 0, Now);
            Ask(context);
        }
        else if (State.IsClosed)
        {
            ForgetLater(context);
        }
    }

    private void Ask(AgentContext context)
    {
        State.Tries++;
        try
        {
            State.Question = context.AskWith(Next(context), within: null).Value;
        }
        catch (AgentRefusedException e)
        {
            // It cannot be given to this owner: it has passed it before, say.
            Settle(new PatternAnswer(null, e.Refusal), context);
        }
    }

    private void Settle(PatternAnswer answer, AgentContext context)
    {
        var refusal = answer.Refusal!;
        if (answer.IsGiven)
        {
            Run.Handled(answer.TryRead<DeskReply>()?.HandOff);
        }
        else if (answer.CanRepeat && !IsExhausted(context.Message, State.Tries, State.Since, refusal))
        {
            // To the same owner, whatever comes meanwhile: it may have handled it.
            ComeBack(context, State.Tries, refusal);
            return;
        }
        else
        {
            var given = State.Note is null ? Letter(answer, context) : Note(context);
            if (Run.GiveUp(refusal, Now))
            {
                context.GiveUp(given, State.Since, State.Tries, refusal);
            }
        }

        State.IsGiving = false;
        Give(context);
    }

    private Envelope Next(AgentContext context) => State.Note is null ? context.Relay(First(), AgentId.Parse(State.Owner)) : Note(context);

    private Envelope Note(AgentContext context) =>
        context.Write(new MessageId(State.NoteId), AgentId.Parse(State.Owner), Contract.Of<DeskHanded>(), PayloadJson.Write(State.Note!));

    /// <summary>What the dead letter of a message holds.</summary>
    private Envelope Letter(PatternAnswer answer, AgentContext context)
    {
        var first = First();
        if (!answer.IsUnknown && first.Extras!.Encryption is null)
        {
            // Replayed, it goes to the owner of that time. Under its own id the desk would take it for handled.
            return first.WithId(MessageId.New()).With(first.Extras with { Signature = null });
        }

        // The owner may have handled it, and knows it by its id; and a seal holds under no other.
        return answer.Refusal!.Code is RefusalCodes.Cycle or RefusalCodes.TooManyHops ? first : context.Relay(first, AgentId.Parse(State.Owner));
    }

    private Envelope First() => EnvelopeJson.Read(Encoding.UTF8.GetBytes(State.Waiting[0]), MessageLimits.Kept).Envelope
        ?? throw new InvalidOperationException($"A message that {Id} kept cannot be read.");

    private void Demand()
    {
        if (State.Opener is null)
        {
            throw new AgentRefusedException("desk.unknown", $"{Id} was never opened, or is forgotten.");
        }
    }

    private void DemandOwner(AgentContext context)
    {
        Demand();
        if (context.Sender.ToString() is var sender && sender != State.Owner && sender != State.Opener)
        {
            throw new AgentRefusedException("desk.not-owner", $"{State.Owner} owns the conversation of {Id}, and not {sender}.");
        }
    }
}
