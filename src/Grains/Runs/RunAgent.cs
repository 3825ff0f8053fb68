using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>
/// Keeps one run: asks its agent, takes what that reports, and lets its owner read, say and cancel. Whatever crashes, it
/// ends: at the latest when its time is over.
/// </summary>
[Agent(RunAddress.Kind, Description = "Keeps a piece of work that takes longer than a call.")]
internal sealed partial class RunAgent(AgentHost host, IOptions<RunOptions> options) : Agent<RunRecord>, IRunGrain, IMessageKeeper,
    IHandle<RunStart, RunStatus>, IHandle<Answers>, IHandle<RunReport>, IHandle<RunSay, RunStatus>, IHandle<RunCancel, RunStatus>,
    IHandle<RunClock>, IHandle<RunRead, RunSnapshot>
{
    private readonly RunOptions _options = options.Value;
    private readonly RunLog _log = new();

    public ValueTask<RunStatus> HandleAsync(RunStart request, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Agent is not null)
        {
            throw new AgentRefusedException(RunCodes.Exists, $"{Id} was started before.");
        }

        var agent = RunCheck.Demand(request);
        var within = request.WithinMs is { } ms ? TimeSpan.FromMilliseconds(ms) : _options.Within;
        var now = context.Now;
        var state = State;
        state.Agent = agent.ToString();
        state.Owner = context.Sender.ToString();
        state.Conversation = context.ConversationId ?? context.BeginConversation(Id.Key);
        state.Tell = request.Tell;
        (state.Created, state.Until) = (now, now + within);
        var payload = Encoding.UTF8.GetBytes(request.Payload.GetRawText());
        var message = context.WriteFor(context.Sender, agent, Contract.Untyped(request.Type, request.Version), payload, context.Message.Extras?.Headers);
        state.Question = context.AskWith(message, within).Value;
        state.Clock = context.Schedule(state.Until, Id, new RunClock()).Value;
        Enter(context, RunState.Submitted, request.Opening is { } said ? said with { ByOwner = true } : null);
        return new(Status());
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        var state = State;
        if (message.Question != state.Question)
        {
            return default;
        }

        state.Question = null;
        if (state.State.IsFinal())
        {
            return default;
        }

        var answer = message.Single;
        if (answer.Refusal is { } refusal)
        {
            var isRejected = answer.Reply.Outcome == Outcome.Refused && refusal.Code is not (RefusalCodes.DeadlineExceeded or RefusalCodes.Unreachable);
            Enter(context, isRejected ? RunState.Rejected : RunState.Failed, Say(context, refusal.Message), code: refusal.Code);
            return default;
        }

        var reply = answer.ReadJson();
        if (RunCheck.IsTaken(reply, Id.Key))
        {
            state.IsTaken = true;
            if (state.State == RunState.Submitted)
            {
                Enter(context, RunState.Working);
            }
        }
        else if (!state.IsTaken && reply is not null && RunCheck.FindFault(reply) is { } fault)
        {
            Enter(context, RunState.Failed, Say(context, fault.Message), code: fault.Code);
        }
        else if (!state.IsTaken)
        {
            var artifact = reply is null ? null : new Artifact("reply", [new Part { Data = JsonElement.Parse(reply) }], Last: true);
            Enter(context, RunState.Completed, artifact: artifact);
        }

        return default;
    }

    public ValueTask HandleAsync(RunReport message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message is { State: null, Message: null })
        {
            // The log has what is made, piece by piece; in the conversation the pieces would drown what is said.
            context.NotedFrom = null;
        }

        DemandAgent(context);
        var state = State;
        RunCheck.Demand(message);
        if (state.State.IsFinal())
        {
            throw new AgentRefusedException(RunCodes.Final, $"{Id} is over.");
        }

        DemandRoom(context.Message, message.State);
        var artifact = Shorten(message);
        DemandWriter(message);
        state.IsTaken = true;
        var said = message.Message is { } parts ? new Saying(context.Message.Id.ToString(), ByOwner: false, parts) : null;
        var next = message.State ?? (state.State == RunState.Submitted ? RunState.Working : null);
        Enter(context, next == state.State && said is null ? null : next, said, artifact, message.Progress, message.Code);
        return default;
    }

    public ValueTask<RunStatus> HandleAsync(RunSay request, AgentContext context, CancellationToken cancellationToken)
    {
        DemandOwner(context);
        RunCheck.Demand(request.Parts, "parts");
        RunCheck.Demand(request.Remarks, "remarks");
        var state = State;
        if (state.State.IsFinal())
        {
            throw new AgentRefusedException(RunCodes.Final, $"{Id} is over, and its agent hears nothing of it any more.");
        }

        var agent = AgentId.Parse(state.Agent!);
        if (!IsHandled(agent, Contract.Of<RunSaid>()))
        {
            throw new AgentRefusedException(RunCodes.NotListening, $"{agent} does not handle what is said in a run.");
        }

        DemandRoom(context.Message, next: null);
        var said = new Saying(request.Id ?? context.Message.Id.ToString(), ByOwner: true, request.Parts, request.Remarks);
        context.Tell(agent, new RunSaid(Id.Key, said));
        Enter(context, state.State.IsInterrupted() ? RunState.Working : null, said);
        return new(Status());
    }

    public ValueTask<RunStatus> HandleAsync(RunCancel request, AgentContext context, CancellationToken cancellationToken)
    {
        DemandOwner(context);
        if (State.State == RunState.Cancelled)
        {
            return new(Status());
        }

        if (State.State.IsFinal())
        {
            throw new AgentRefusedException(RunCodes.Final, $"{Id} is over, and cannot be cancelled.");
        }

        Enter(context, RunState.Cancelled);
        return new(Status());
    }

    public ValueTask<RunSnapshot> HandleAsync(RunRead request, AgentContext context, CancellationToken cancellationToken)
    {
        DemandOwner(context);
        if (request.History < 0)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "'history' is 0 or more, or null for all.");
        }

        var state = State;
        var history = _log.History;
        if (request.History is { } most && most < history.Count)
        {
            history = [.. history.Skip(history.Count - most)];
        }

        // As the log has it: the state may be ahead of what is stored, and of what was said and made with it.
        var (entered, at, code) = _log.Change is { } change ? (change.State!.Value, change.At, change.Code) : (state.State, state.At, state.Code);
        return new(new RunSnapshot(
            Id.Key, state.Agent!, state.Owner, state.Conversation, entered, code, _log.Progress, state.Created, at, state.Until,
            _log.Change?.Message, request.Artifacts ? _log.Artifacts : [], [.. history], _log.Last));
    }

    public ValueTask HandleAsync(RunClock message, AgentContext context, CancellationToken cancellationToken)
    {
        var state = State;
        if (context.Message.Id.Value != state.Clock)
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, "A run goes by its own clock.");
        }

        if (state.State.IsFinal())
        {
            Forget(context);
        }
        else
        {
            Enter(context, RunState.Failed, Say(context, $"It was not done within {state.Until - state.Created}."), code: RefusalCodes.DeadlineExceeded);
        }

        return default;
    }
}
