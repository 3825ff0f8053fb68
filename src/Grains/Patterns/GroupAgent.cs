using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Patterns;

/// <summary>Lets several agents speak, one at a time, and keeps and publishes what they say.</summary>
[Agent(PatternKinds.Group, Description = "Lets several agents speak, one at a time, and keeps and publishes what they say.")]
internal sealed class GroupAgent(IOptions<PatternOptions> options) : PatternAgent<GroupState>(options),
    IHandle<GroupStart>, IHandle<GroupStop>, IHandle<Answers>, IHandle<GroupRead, GroupReading>
{
    private static readonly TimeSpan Within = TimeSpan.FromHours(1);

    private GroupRun Run => new(State, Id.Key);

    public ValueTask HandleAsync(GroupStart message, AgentContext context, CancellationToken cancellationToken)
    {
        PatternCheck.Demand(GroupRun.FindFault(message, Id.Key));
        if (State.Start is not null)
        {
            throw new AgentRefusedException("group.exists", $"{Id} has been started already.");
        }

        (State.Start, State.Starter, State.Until) = (message, StarterOf(context), Now + (message.Within ?? Within));
        Go(Run.Next(Now), context);
        return default;
    }

    public ValueTask HandleAsync(GroupStop message, AgentContext context, CancellationToken cancellationToken)
    {
        _ = Find();
        if (State.Reason == GroupEnd.Open)
        {
            context.Withdraw(new MessageId(State.Question));
            State.Reason = GroupEnd.Stopped;
            Go(GroupMove.End, context);
        }

        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.Question != State.Question || State.Reason != GroupEnd.Open)
        {
            return default;
        }

        var answer = PatternAnswer.Of(message);
        if (State.IsModeratorAsked)
        {
            Go(Run.Choose(answer, Now), context);
        }
        else
        {
            context.Publish(new TopicId(GroupRun.TopicPrefix + Id.Key), Run.Hear(answer));
            Go(Run.Next(Now), context);
        }

        return default;
    }

    public ValueTask<GroupReading> HandleAsync(GroupRead request, AgentContext context, CancellationToken cancellationToken)
    {
        var start = Find();
        PatternCheck.Demand(request.After < 0 || request.Limit < 1 ? "'after' is 0 or more, and 'limit' 1 or more." : null);
        return new(new GroupReading(
            start.Topic, start.Members, State.Reason, State.Transcript.Count, [.. State.Transcript.Skip(request.After).Take(request.Limit)]));
    }

    protected override void OnDue(AgentContext context)
    {
        // A group waits for nothing but answers.
    }

    private void Go(GroupMove move, AgentContext context)
    {
        var start = State.Start!;
        var (latest, omitted) = Run.Latest();
        var number = State.Transcript.Count + 1;
        switch (move)
        {
            case GroupMove.AskModerator:
                State.Question = context.Ask(AgentId.Parse(start.Moderator!), new GroupNext(Id.Key, start.Topic, number, start.Members, latest, omitted), Limit()).Value;
                break;
            case GroupMove.AskMember:
                State.Question = context.Ask(AgentId.Parse(State.Speaker!), new GroupTurn(Id.Key, start.Topic, number, latest, omitted), Limit()).Value;
                break;
            default:
                End(context);
                break;
        }
    }

    private QuestionOptions Limit()
    {
        var left = State.Until - Now;
        var turn = State.Start!.TurnWithin ?? Turns.Host.Options.AskTimeout;
        return new QuestionOptions { Within = turn < left ? turn : left };
    }

    private void End(AgentContext context)
    {
        State.Question = Guid.Empty;
        if (State.Starter is { } starter)
        {
            var last = State.Transcript.FindLast(e => e.Text is not null || e.Content is not null);
            context.Tell(AgentId.Parse(starter), new GroupEnded(Id.Key, State.Start!.Tag, State.Reason, State.Transcript.Count, last));
        }

        ForgetLater(context);
    }

    private GroupStart Find() => State.Start
        ?? throw new AgentRefusedException("group.unknown", $"{Id} was never started, or is forgotten.");
}
