using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>
/// Stands for an agent elsewhere that speaks A2A: what it is asked, told and has to run, that one does. Calls go out beside its
/// turns, so that one that takes long holds nothing up, and the task there is stored as soon as it is known.
/// </summary>
[Agent(RemoteAddress.Kind, Description = "Stands for an agent elsewhere that speaks A2A.")]
internal sealed partial class RemoteAgent(RemoteAgents remotes, TimeProvider time, ILogger<RemoteAgent> logger) : Agent<RemoteState>, IHandleAny, IHandle<ChatSay, ChatSaid>,
    IHandle<RunSaid>, IHandle<RunOver>, IHandle<AskOver>
{
    // Questions of agents elsewhere that nobody went into are forgotten, the oldest first.
    private const int MostWaiting = 256;
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);

    public ValueTask<ChatSaid> HandleAsync(ChatSay request, AgentContext context, CancellationToken cancellationToken)
    {
        if (request.Parts.Count == 0 || request.Parts.Any(p => p.FindFault() is not null))
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, "'parts' holds one part or more, each with exactly one of 'text', 'data', 'raw' and 'url'.");
        }

        RunCheck.Demand(request.Remarks, "remarks");
        Begin(context, request.Parts, skill: null, request.Remarks);
        return new(new ChatSaid([]));
    }

    public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken)
    {
        var opened = context.Open(message);
        Begin(context, [new Part { Data = JsonElement.Parse(opened.PayloadJson.Span), MediaType = "application/json" }], SkillOf(message.Contract), context.Remarks);
        return default;
    }

    public ValueTask HandleAsync(RunSaid message, AgentContext context, CancellationToken cancellationToken)
    {
        if (context.Sender == RunAddress.Of(message.Run) && FindOf(message.Run) is { } found)
        {
            if (found.Call.Task is null)
            {
                Put(context, found.Id, found.Call with { Unsaid = [.. found.Call.Unsaid, message.Said] });
            }
            else
            {
                Say(context, found.Id, found.Call, message.Said);
            }
        }

        return default;
    }

    public ValueTask HandleAsync(RunOver message, AgentContext context, CancellationToken cancellationToken)
    {
        if (context.Sender == RunAddress.Of(message.Run) && FindOf(message.Run) is { } found)
        {
            GiveUp(context, found.Id, found.Call);
        }

        return default;
    }

    public ValueTask HandleAsync(AskOver message, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Calls.TryGetValue(message.Message, out var call))
        {
            GiveUp(context, message.Message, call);
        }

        return default;
    }

    /// <summary>The id of a contract as a skill, as agents of this platform name theirs: with its version behind it where that is not 1.</summary>
    private static string SkillOf(Contract contract) =>
        contract.Version == 1 ? contract.Name : string.Create(CultureInfo.InvariantCulture, $"{contract.Name}.v{contract.Version}");

    private void Begin(AgentContext context, IReadOnlyList<Part> parts, string? skill, Remarks? remarks)
    {
        var client = remotes.Demand(Id);
        Forget(context.Now);
        if (State.Calls.Count(c => !c.Value.IsWaiting) >= client.Options.MaxCalls)
        {
            throw new AgentRefusedException(new Refusal(RefusalCodes.Busy, $"{Id} has {client.Options.MaxCalls} calls under way, which is the limit of MaxCalls."));
        }

        var isTold = context.Run is null && (context.Message.Deadline == 0 || context.Message.Extras?.Position is not null);
        if (context.Run is null)
        {
            context.AnswerLater();
        }

        var message = context.Message.Id;
        // What an agent there asked in this conversation is what this answers.
        var waiting = skill is null && context.Run is null && context.ConversationId is { } talk ? FindWaitingIn(talk) : null;
        if (waiting is { } before)
        {
            State.Calls.Remove(before.Id);
        }

        var (task, there) = (waiting?.Call.Task, waiting?.Call.Context ?? context.ConversationId);
        var work = context.Begin(new RemoteSend(message.Value, message.ToString(), parts, skill, task, there, Remarks: remarks));
        Put(context, message.Value, new RemoteCall
        {
            Run = context.Run?.Id, Conversation = context.ConversationId, IsContract = skill is not null, IsTold = isTold, Task = task, Context = there, Work = work.Value,
        });
    }

    /// <summary>Says something in a task that there is: one that waits goes on with it, and any other is being followed already.</summary>
    private void Say(AgentContext context, Guid id, RemoteCall call, Saying said)
    {
        var send = new RemoteSend(id, said.Id, said.Parts, Skill: null, call.Task, call.Context, IsBeside: !call.IsWaiting, said.Remarks);
        var work = context.Begin(send);
        Put(context, id, send.IsBeside ? call : call with { IsWaiting = false, Work = work.Value });
    }

    /// <summary>Ends what nobody wants any more. Where it is not known yet whether there is a task, that is waited for: it would go on for ever.</summary>
    private void GiveUp(AgentContext context, Guid id, RemoteCall call)
    {
        if (call.Task is null && call.Work is not null)
        {
            Put(context, id, call with { IsOver = true });
            return;
        }

        State.Calls.Remove(id);
        if (call.Work is { } work)
        {
            context.Withdraw(new MessageId(work));
        }

        if (call.Task is { } task)
        {
            context.Begin(new RemoteCancel(task));
        }
    }

    private void Put(AgentContext context, Guid id, RemoteCall call) => State.Calls[id] = call with { At = context.Now };

    private (Guid Id, RemoteCall Call)? FindOf(string run) => Find(call => call.Run == run);

    private (Guid Id, RemoteCall Call)? FindWaitingIn(string conversation) =>
        Find(call => call is { IsWaiting: true, Run: null } && call.Conversation == conversation);

    private (Guid Id, RemoteCall Call)? Find(Func<RemoteCall, bool> isIt) =>
        State.Calls.FirstOrDefault(c => isIt(c.Value)) is { Value: not null } found ? (found.Key, found.Value) : null;

    private void Forget(DateTimeOffset now)
    {
        var waiting = State.Calls.Where(c => c.Value is { IsWaiting: true, Run: null }).OrderByDescending(c => c.Value.At);
        foreach (var (id, _) in waiting.Where((c, place) => place >= MostWaiting || now - c.Value.At > LongestWait).ToArray())
        {
            State.Calls.Remove(id);
        }
    }
}
