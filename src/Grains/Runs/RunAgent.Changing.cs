using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <content>What becomes of a run with each change: its log, its clock, and who is told.</content>
internal sealed partial class RunAgent
{
    /// <summary>Writes an event, and where the run ends, ends what it does.</summary>
    private void Enter(
        AgentContext context, RunState? next, Saying? said = null, Artifact? artifact = null, double? progress = null, string? code = null)
    {
        var state = State;
        state.Sequence++;
        state.Bytes += context.Message.PayloadJson.Length;
        context.KeepOwn(new RunEvent(state.Sequence, context.Now, next, said, artifact, progress, code));
        TellWatchers(context, (next ?? state.State).IsFinal());
        if (next is not { } entered)
        {
            return;
        }

        var wasOver = state.State.IsFinal();
        (state.State, state.At, state.Code) = (entered, context.Now, code);
        var owner = AgentId.Parse(state.Owner);
        context.Tell(RunAddress.IndexFor(owner), new RunNoted(Id.Key, state.Agent!, state.Conversation, entered, state.At));
        if (entered.IsFinal() && !wasOver)
        {
            End(context, owner, entered);
        }
    }

    private void End(AgentContext context, AgentId owner, RunState entered)
    {
        var state = State;
        if (state.Question is { } question)
        {
            context.Withdraw(new MessageId(question));
            state.Question = null;
        }

        if (state.Clock is { } clock && context.Message.Id.Value != clock)
        {
            context.CancelScheduled(new MessageId(clock));
        }

        state.Clock = context.Schedule(_options.Age, Id, new RunClock()).Value;
        var agent = AgentId.Parse(state.Agent!);
        if (context.Sender != agent && state.IsTaken && IsHandled(agent, Contract.Of<RunOver>()))
        {
            context.Tell(agent, new RunOver(Id.Key));
        }

        if (state.Tell)
        {
            context.Tell(owner, new RunEnded(Id.Key, entered, state.Code));
        }
    }

    private void Forget(AgentContext context)
    {
        var state = State;
        foreach (var kept in _log.Kept)
        {
            context.CancelScheduled(kept);
        }

        context.Tell(
            RunAddress.IndexFor(AgentId.Parse(state.Owner)), new RunNoted(Id.Key, state.Agent!, state.Conversation, state.State, context.Now, IsForgotten: true));
        (state.Agent, state.Owner, state.Conversation, state.Code, state.Clock) = (null, "", "", null, null);
        (state.State, state.IsTaken, state.Tell, state.Sequence, state.Bytes) = (default, false, false, 0, 0);
        (state.Writers, state.Watchers) = (null, null);
    }

    /// <summary>One who does not own the run learns no more than that there is none for it.</summary>
    private void DemandOwner(AgentContext context)
    {
        if (State.Agent is null || context.Sender.ToString() != State.Owner)
        {
            throw RunCheck.UnknownRun(Id);
        }
    }

    /// <summary>Room for what ends the run is always left.</summary>
    private void DemandRoom(Envelope message, RunState? next)
    {
        if ((State.Sequence >= _options.MaxEvents || State.Bytes + message.PayloadJson.Length > _options.MaxBytes) && next?.IsFinal() is not true)
        {
            throw new AgentRefusedException(
                RunCodes.Full, $"{Id} has {State.Sequence} events of {State.Bytes} bytes; {_options.MaxEvents} and {_options.MaxBytes} are the limits.");
        }
    }

    private bool IsHandled(AgentId agent, Contract contract) =>
        host.ListKinds().Any(kind => kind.Kind == agent.Kind && kind.Contracts.Any(c => c.Type == contract.Name && c.Version == contract.Version));

    private RunStatus Status() => new(Id.Key, State.State, State.Sequence, State.At);

    private static Saying Say(AgentContext context, string text) => new(context.Message.Id.ToString(), ByOwner: false, [Part.Of(text)]);
}
