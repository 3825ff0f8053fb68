using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Negotiation;

/// <content>Carries out what was decided.</content>
internal sealed partial class NegotiationAgent
{
    private ValueTask Turn(AgentContext context, Func<NegotiationRun, DateTimeOffset, NegotiationMove> decide)
    {
        var run = Run;
        context.BeginConversation(run.Conversation);
        Carry(context, decide(run, context.Now));
        return default;
    }

    private void Carry(AgentContext context, NegotiationMove move)
    {
        if (move.Refusal is { } refusal)
        {
            throw new AgentRefusedException(refusal);
        }

        var (before, run) = (State.Run, move.Run);
        foreach (var question in (before?.Open ?? []).Except(run.Open).Where(q => q != context.Message.Id.Value))
        {
            context.Withdraw(new MessageId(question));
        }

        var open = run.Open.ToList();
        foreach (var act in move.Acts)
        {
            if (Do(context, run, act) is { } question)
            {
                open.Add(question.Value);
            }
        }

        State.Run = SetAlarms(context, before, run with { Open = open });
    }

    /// <returns>The question that it is, if it is one.</returns>
    private MessageId? Do(AgentContext context, NegotiationRun run, NegotiationAct act)
    {
        switch (act)
        {
            case AskForProposals ask:
                return context.Gather(ask.Agents.Select(AgentId.Parse), ask.Request, new QuestionOptions { Within = ask.Within });
            case AskForRanking ask:
                return context.Ask(run.Initiator, ask.Request, new QuestionOptions { Within = ask.Within });
            case AskToPerform ask:
                return context.Ask(ask.Agent, ask.Request, new QuestionOptions { Within = ask.Within });
            case AskToStop ask:
                return context.GatherJson(
                    [ask.Agent], Contract.Of<Rejected>().Name, PayloadJson.Write(ask.Message), options: new QuestionOptions { Within = ask.Within });
            case TellRejected tell:
                context.Tell(tell.Agent, tell.Message);
                return null;
            case TellEnded:
                var offer = run.Holder is { } winner ? run.Find(winner)?.Offer : null;
                context.Tell(run.Initiator, new NegotiationEnded(
                    Id.ToString(), run.Outcome!.Value, run.Options.Tag, run.Holder, offer, run.Result, run.Code, run.Reason));
                return null;
            default:
                throw new NotSupportedException($"No negotiation does {act.GetType().Name}.");
        }
    }

    private NegotiationRun SetAlarms(AgentContext context, NegotiationRun? before, NegotiationRun run)
    {
        var isOver = run.Phase == NegotiationPhase.Ended;
        if (before is null && !isOver)
        {
            return run with { Alarm = context.Schedule(run.Deadline, Id, new NegotiationDue()).Value };
        }

        if (!isOver || before?.Phase == NegotiationPhase.Ended)
        {
            return run;
        }

        if (run.Alarm is { } alarm && alarm != context.Message.Id.Value)
        {
            context.CancelScheduled(new MessageId(alarm));
        }

        context.Schedule(run.Options.KeepFor ?? Kept, Id, new NegotiationForget());
        return run with { Alarm = null };
    }
}
