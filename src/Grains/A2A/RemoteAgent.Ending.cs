using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <content>What came of what was said elsewhere, and what becomes of it here.</content>
internal sealed partial class RemoteAgent : IHandle<RemoteSent>, IHandle<RemoteFollowed>, IHandle<RemoteCancelDone>, IHandle<WorkFailed>
{
    // The artifact of a run that is an agent's answer.
    private const string Reply = "reply";

    public async ValueTask HandleAsync(RemoteSent message, AgentContext context, CancellationToken cancellationToken)
    {
        var id = message.Call;
        if (!State.Calls.TryGetValue(id, out var call))
        {
            await CloseAsync(id);
            return;
        }

        if (message.IsBeside)
        {
            if (message.Fault is { } fault && call.Run is { } run)
            {
                context.RunOf(run).Report(new RunReport(Message: [Part.Of($"What was said did not get through: {fault.Reason}")]));
            }

            return;
        }

        call = call with { Work = null, Context = message.Context ?? call.Context };
        if (message is { Fault: null, Answer: null, Task: { } task })
        {
            await GoOnAsync(context, id, call with { Task = task });
        }
        else
        {
            Artifact[]? made = message.Answer is { } answer ? [new Artifact(Reply, answer, Last: true)] : null;
            End(context, call, new RemoteFollowed(id, made is null ? AgentTaskState.Unspecified : AgentTaskState.Completed, Made: made, Fault: message.Fault));
        }
    }

    public ValueTask HandleAsync(RemoteFollowed message, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Calls.TryGetValue(message.Call, out var call))
        {
            End(context, call with { Work = null }, message);
        }

        return default;
    }

    public ValueTask HandleAsync(RemoteCancelDone message, AgentContext context, CancellationToken cancellationToken) => default;

    public ValueTask HandleAsync(WorkFailed message, AgentContext context, CancellationToken cancellationToken)
    {
        if (Find(call => call.Work == message.Work) is { } found)
        {
            End(context, found.Call with { Work = null }, new RemoteFollowed(found.Id, AgentTaskState.Unspecified, Fault: new RemoteFault(message.Code, message.Reason)));
        }

        return default;
    }

    /// <summary>Follows a task that is known by now, with what was said to it before that.</summary>
    private async ValueTask GoOnAsync(AgentContext context, Guid id, RemoteCall call)
    {
        if (call.IsOver || call.IsTold)
        {
            State.Calls.Remove(id);
            await CloseAsync(id);
            if (call.IsOver)
            {
                context.Begin(new RemoteCancel(call.Task!));
            }

            return;
        }

        call = call with { IsWaiting = false, Unsaid = [], Work = context.Begin(new RemoteFollow(id, call.Task!)).Value };
        var unsaid = State.Calls[id].Unsaid;
        Put(context, id, call);
        foreach (var said in unsaid)
        {
            Say(context, id, call, said);
        }
    }

    private void End(AgentContext context, RemoteCall call, RemoteFollowed end)
    {
        State.Calls.Remove(end.Call);
        if (call.IsOver)
        {
            return;
        }

        if (call.Run is { } run)
        {
            EndRun(context, call, context.RunOf(run), end);
        }
        else if (!call.IsTold)
        {
            EndAsk(context, call, new MessageId(end.Call), end);
        }
        else if (end.Fault is { } fault)
        {
            LogLost(logger, Id, end.Call, fault.Code);
        }

        if (end is { State: AgentTaskState.Unspecified, Fault.Code: not RemoteCodes.TaskLost } && call.Task is { } task)
        {
            // Nobody knows where it stands, and nobody here will see what comes of it.
            context.Begin(new RemoteCancel(task));
        }
    }

    private void EndRun(AgentContext context, RemoteCall call, RunContext run, RemoteFollowed end)
    {
        switch (end)
        {
            case { Fault.Code: RunCodes.Final or RunCodes.Unknown }:
                break;
            case { Fault: { } fault, State: AgentTaskState.Rejected }:
                run.Report(new RunReport(RunState.Rejected, end.Said ?? [Part.Of(fault.Reason)], Code: fault.Code));
                break;
            case { Fault: { } fault }:
                run.Report(new RunReport(RunState.Failed, end.Said ?? [Part.Of(fault.Reason)], Code: fault.Code));
                break;
            case { State: AgentTaskState.InputRequired }:
                run.AskOwner(end.Said is { Count: > 0 } question ? question : [Part.Of("What shall it do?")]);
                Put(context, end.Call, call with { IsWaiting = true });
                break;
            default:
                run.Report(new RunReport(RunState.Completed, end.Said is { Count: > 0 } said ? said : null, end.Made?.FirstOrDefault()));
                break;
        }
    }

    private void EndAsk(AgentContext context, RemoteCall call, MessageId ask, RemoteFollowed end)
    {
        if (end.Fault is { } fault)
        {
            context.Refuse(ask, fault.ToRefusal());
            return;
        }

        IReadOnlyList<Part> made = [.. (end.Made ?? []).SelectMany(a => a.Parts)];
        if (end.State == AgentTaskState.InputRequired)
        {
            if (end.Said is { Count: > 0 } question && call is { IsContract: false, Conversation: not null })
            {
                // The question is the answer, and what comes next in the conversation is the answer to it.
                context.Answer(ask, new ChatSaid([.. made, .. question]));
                Put(context, end.Call, call with { IsWaiting = true });
            }
            else
            {
                context.Refuse(ask, new Refusal(RemoteCodes.InputRequired, $"It asks: {RemoteText.Of(end.Said) ?? "something"} Start a run, or talk in a conversation, to be able to answer."));
                context.Begin(new RemoteCancel(call.Task!));
            }
        }
        else if (!call.IsContract)
        {
            context.Answer(ask, new ChatSaid(made.Count > 0 ? made : end.Said ?? []));
        }
        else if (made.Concat(end.Said ?? []).LastOrDefault(p => p.Data is not null)?.Data is { } data)
        {
            context.Answer<JsonElement>(ask, data);
        }
        else
        {
            context.Refuse(ask, new Refusal(RemoteCodes.Broken, "It answers a message that has a contract with no JSON."));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What {Agent} was told as {Call} did not get through: {Code}")]
    private static partial void LogLost(ILogger logger, AgentId agent, Guid call, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} could not cancel the task {Task}, which may go on: {Code}")]
    private static partial void LogNotCancelled(ILogger logger, AgentId agent, string task, string code);
}
