using System.Text;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Patterns;

/// <summary>Tells a message again and again. The next time is counted from the first, and comes to the timer as a scheduled message.</summary>
[Agent(PatternKinds.Timer, Description = "Tells a message again and again.")]
internal sealed class TimerAgent(IOptions<PatternOptions> options) : PatternAgent<TimerState>(options),
    IHandle<TimerStart>, IHandle<TimerStop>, IHandle<TimerRead, TimerReading>
{
    private TimerPlan Plan => new(State);

    public ValueTask HandleAsync(TimerStart message, AgentContext context, CancellationToken cancellationToken)
    {
        PatternCheck.Demand(TimerPlan.FindFault(message));
        var owner = context.Sender.ToString();
        if (State.IsRunning && owner != State.Owner)
        {
            throw new AgentRefusedException("timer.taken", $"{Id} belongs to {State.Owner}, and runs.");
        }

        // Whoever says the same again, at each start say, means the timer that runs.
        if (!State.IsRunning || !PayloadJson.Write(message).AsSpan().SequenceEqual(PayloadJson.Write(State.Timer!)))
        {
            Disarm(context);
            Plan.Start(owner, message, Now, Random.Shared.NextDouble());
            Arm(context);
        }

        return default;
    }

    public ValueTask HandleAsync(TimerStop message, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.IsRunning)
        {
            State.IsRunning = false;
            Disarm(context);
            ForgetLater(context);
        }

        return default;
    }

    public ValueTask<TimerReading> HandleAsync(TimerRead request, AgentContext context, CancellationToken cancellationToken) =>
        State.Timer is { } timer
            ? new(new TimerReading(State.Owner, timer, State.Told, State.LeftOut, State.Last, State.IsRunning ? Plan.Next : null))
            : throw new AgentRefusedException("timer.unknown", $"{Id} was never started, or is forgotten.");

    protected override void OnDue(AgentContext context)
    {
        var timer = State.Timer!;
        var to = AgentId.Parse(timer.To);
        if (Plan.Fire(Now, Turns.Outbox.IsSendingTo(to), Random.Shared.NextDouble()))
        {
            context.TellJson(to, timer.Type, Encoding.UTF8.GetBytes(timer.Payload.GetRawText()), timer.Version);
        }

        Arm(context);
    }

    private void Arm(AgentContext context)
    {
        if (State.IsRunning)
        {
            State.Scheduled = ComeBack(context, State.DueAt);
        }
        else
        {
            ForgetLater(context);
        }
    }

    private void Disarm(AgentContext context)
    {
        if (State.Scheduled != Guid.Empty)
        {
            context.CancelScheduled(new MessageId(State.Scheduled));
        }
    }
}
