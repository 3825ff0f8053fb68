using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Negotiation;

/// <summary>The negotiation's deadline came; told by itself.</summary>
[Contract("negotiation.due")]
internal sealed record NegotiationDue;

/// <summary>The negotiation's record was kept long enough; told by itself.</summary>
[Contract("negotiation.forget")]
internal sealed record NegotiationForget;

/// <summary>One negotiation. What happens in it <see cref="NegotiationFlow"/> decides; this carries it out.</summary>
[Agent(NegotiationAddress.Kind, Description = "Negotiates for a task: calls for proposals, bargains, awards it to the best, and hears of the work.")]
internal sealed partial class NegotiationAgent(ICapabilities capabilities) : Agent<NegotiationState>,
    IHandle<NegotiationStart>, IHandle<Answers>, IHandle<ProposalWithdrawn>, IHandle<TaskDone>, IHandle<TaskFailed>, IHandle<NegotiationCancel>,
    IHandle<NegotiationDue>, IHandle<NegotiationForget>, IHandle<NegotiationRead, NegotiationRecord>
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    public async ValueTask HandleAsync(NegotiationStart message, AgentContext context, CancellationToken cancellationToken)
    {
        var sender = context.Sender.ToString();
        if (State.Run is { } known)
        {
            if (known.Initiator != sender)
            {
                throw new AgentRefusedException(NegotiationCodes.Exists, $"{Id} was started by somebody else.");
            }

            return;
        }

        var now = context.Now;
        if (NegotiationRules.FindFault(message, now) is { } fault)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, fault);
        }

        var run = new NegotiationRun
        {
            Initiator = sender, Conversation = context.ConversationId ?? Id.ToString(), Task = message.Task, Scoring = message.Scoring,
            Options = message.Options ?? new(), StartedAt = now, Deadline = message.Deadline,
        };
        context.BeginConversation(run.Conversation);
        Carry(context, await BeginAsync(run, message, context, cancellationToken));
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken) =>
        State.Run is { } run && run.Open.Contains(message.Question) ? Turn(context, (r, now) => TakeAnswers(r, message, now)) : default;

    public ValueTask HandleAsync(ProposalWithdrawn message, AgentContext context, CancellationToken cancellationToken) =>
        Turn(context, (run, now) => NegotiationFlow.Withdraw(run, context.Sender.ToString(), message.Reason, now));

    public ValueTask HandleAsync(TaskDone message, AgentContext context, CancellationToken cancellationToken) =>
        Turn(context, (run, now) => NegotiationFlow.Finish(run, context.Sender.ToString(), message, now));

    public ValueTask HandleAsync(TaskFailed message, AgentContext context, CancellationToken cancellationToken) =>
        Turn(context, (run, now) => NegotiationFlow.GiveUp(run, context.Sender.ToString(), message.Reason, now));

    public ValueTask HandleAsync(NegotiationCancel message, AgentContext context, CancellationToken cancellationToken) =>
        Turn(context, (run, now) => NegotiationFlow.Cancel(run, context.Sender.ToString(), message.Reason, now));

    public ValueTask HandleAsync(NegotiationDue message, AgentContext context, CancellationToken cancellationToken)
    {
        DemandSelf(context);
        return State.Run is null ? default : Turn(context, NegotiationFlow.TakeAlarm);
    }

    public ValueTask HandleAsync(NegotiationForget message, AgentContext context, CancellationToken cancellationToken)
    {
        DemandSelf(context);
        State.Run = null;
        return default;
    }

    public ValueTask<NegotiationRecord> HandleAsync(NegotiationRead request, AgentContext context, CancellationToken cancellationToken) => new(Run.ToRecord());

    private NegotiationRun Run => State.Run
        ?? throw new AgentRefusedException(NegotiationCodes.Unknown, $"{Id} was not started, or has forgotten itself.");

    private async ValueTask<NegotiationMove> BeginAsync(
        NegotiationRun run, NegotiationStart message, AgentContext context, CancellationToken cancellationToken)
    {
        var recipients = message.Recipients;
        try
        {
            recipients ??= [.. (await capabilities.FindAsync(message.Capability!, context, cancellationToken)).Select(a => a.ToString())];
        }
        catch (AgentException e)
        {
            return NegotiationFlow.Fail(run, new Refusal(e.Code, e.Message), context.Now);
        }

        return recipients.Count > NegotiationAddress.MostParticipants
            ? NegotiationFlow.Fail(run, new Refusal(NegotiationCodes.TooMany, $"{recipients.Count} agents have the capability; a negotiation calls {NegotiationAddress.MostParticipants} at most."), context.Now)
            : NegotiationFlow.Begin(run, recipients, context.Now);
    }

    private static NegotiationMove TakeAnswers(NegotiationRun run, Answers message, DateTimeOffset now) => run.Phase switch
    {
        NegotiationPhase.Scoring => NegotiationFlow.TakeRanking(run, message.Question, Read<Ranking>(message.Single), now),
        NegotiationPhase.Awarding => NegotiationFlow.TakeAward(run, message.Question, Read<AwardReply>(message.Single), now),
        NegotiationPhase.Revoking => NegotiationFlow.TakeStop(
            run, message.Question, message.Single.IsGiven, message.Single.Refusal?.Code, message.Single.Refusal?.Message, now),
        _ => NegotiationFlow.TakeProposals(run, message.Question, [.. message.All.Select(Read<Proposal>)], now),
    };

    private static Answered<T> Read<T>(Answer answer)
        where T : class
    {
        var agent = answer.Agent.ToString();
        try
        {
            return answer.IsGiven ? new Answered<T>(agent, answer.Read<T>(), Refusal: null) : new Answered<T>(agent, Value: null, answer.Refusal);
        }
        catch (JsonException)
        {
            return new Answered<T>(agent, Value: null, Refusal: null);
        }
    }

    private void DemandSelf(AgentContext context)
    {
        if (context.Sender != Id)
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, $"{context.Message.Contract} comes from the agent itself, and from nobody else.");
        }
    }
}
