using OrleansAgents.Messaging;

namespace OrleansAgents.Negotiation;

/// <summary>What a negotiation becomes by a message, and what is to be done then; or why the message is refused.</summary>
internal sealed record NegotiationMove(NegotiationRun Run, IReadOnlyList<NegotiationAct> Acts, Refusal? Refusal = null)
{
    public static NegotiationMove Stay(NegotiationRun run) => new(run, []);

    public static NegotiationMove Refuse(NegotiationRun run, string code, string sentence) => new(run, [], new Refusal(code, sentence));
}

/// <summary>Something that a negotiation does to others.</summary>
internal abstract record NegotiationAct;

/// <summary>Asks participants for proposals: the call, or a counter-offer.</summary>
internal sealed record AskForProposals(IReadOnlyList<string> Agents, IRequest<Proposal> Request, TimeSpan Within) : NegotiationAct;

/// <summary>Asks the initiator to rank the offers.</summary>
internal sealed record AskForRanking(ScoreProposals Request, TimeSpan Within) : NegotiationAct;

/// <summary>Awards the task.</summary>
internal sealed record AskToPerform(string Agent, Award Request, TimeSpan Within) : NegotiationAct;

/// <summary>Takes an award back, and waits for the acknowledgement.</summary>
internal sealed record AskToStop(string Agent, Rejected Message, TimeSpan Within) : NegotiationAct;

/// <summary>Tells a participant that it does not do the work.</summary>
internal sealed record TellRejected(string Agent, Rejected Message) : NegotiationAct;

/// <summary>Tells the initiator how it ended.</summary>
internal sealed record TellEnded(NegotiationOutcome Outcome) : NegotiationAct;

/// <summary>What an agent that was asked answered: a value, or a refusal, or neither when the answer cannot be read.</summary>
internal sealed record Answered<T>(string Agent, T? Value, Refusal? Refusal)
    where T : class
{
    /// <summary>
    /// Whether the agent may have handled the question all the same: no answer came in time, or a repeat did not get
    /// through to where the first one was handled, or the answer is no answer.
    /// </summary>
    public bool IsUnknown => Refusal is null
        ? Value is null
        : Refusal.Code is RefusalCodes.DeadlineExceeded or RefusalCodes.Expired or RefusalCodes.Stale or RefusalCodes.Replayed or RefusalCodes.Cancelled
            or RefusalCodes.NotAllowed or RefusalCodes.NotSigned or RefusalCodes.BadSignature or RefusalCodes.ActivationFailed;
}
