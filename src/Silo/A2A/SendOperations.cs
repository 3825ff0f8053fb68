using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>
/// Takes messages. One to an agent that only answers is asked and answered, without a task unless its sender wants one; any
/// other begins a run, or goes on with one. The same message of the same caller takes effect once.
/// </summary>
internal sealed class SendOperations(TaskRuns runs, A2AKinds kinds, PushOperations push, HttpDoor door)
{
    private static readonly Contract Say = Contract.Of<ChatSay>();

    // Of an agent that answers nothing, and has taken the message all the same.
    private static readonly byte[] Taken = [.. """{"outcome":"accepted"}"""u8];

    public async Task<A2AAnswer> SendAsync(A2ACall call, SendMessageRequest request)
    {
        call = Demand(call.With(request.Tenant), request);
        var configuration = request.Configuration;
        var read = new RunRead(TaskRuns.DemandHistory(configuration?.HistoryLength));
        if (!string.IsNullOrEmpty(request.Message.TaskId))
        {
            var said = await SayAsync(call, request);
            return await AnswerAsync(call, said.Run, said.Sequence, read, configuration);
        }

        var target = Choose(call, request);
        if (!target.Kind.Works && configuration is not { ReturnImmediately: true } and not { TaskPushNotificationConfig: not null })
        {
            return await AskAsync(call, target);
        }

        var run = await StartAsync(call, request, target);
        return await AnswerAsync(call, run.Run, run.Sequence, read, configuration);
    }

    public async Task<A2AAnswer> StreamAsync(A2ACall call, SendMessageRequest request)
    {
        call = Demand(call.With(request.Tenant), request);
        var history = TaskRuns.DemandHistory(request.Configuration?.HistoryLength);
        if (!string.IsNullOrEmpty(request.Message.TaskId))
        {
            var said = await SayAsync(call, request);
            return Stream(call, await runs.ReadAsync(call, said.Run, new RunRead(history)));
        }

        var target = Choose(call, request);
        if (!target.Kind.Works && request.Configuration?.TaskPushNotificationConfig is null)
        {
            return new(null, AskOnceAsync(await AnswerOfAsync(call, target)));
        }

        var run = await StartAsync(call, request, target);
        if (run.State != RunState.Submitted)
        {
            return Stream(call, await runs.ReadAsync(call, run.Run, new RunRead(history)));
        }

        // As the run was when it began, whatever has happened by now, so that the stream has all of it.
        var message = request.Message with { TaskId = run.Run, ContextId = target.Context };
        var task = new AgentTask(run.Run, new AgentTaskStatus(AgentTaskState.Submitted, Timestamp: run.At), target.Context, History: history == 0 ? null : [message]);
        return new(null, TaskRuns.StreamAsync(runs.Follow(call, run.Run), task, run.Sequence, target.Context, RunState.Submitted, isSend: true));
    }

    private A2AAnswer Stream(A2ACall call, RunSnapshot run) =>
        new(null, TaskRuns.StreamAsync(runs.Follow(call, run.Run), run.ToTask(), run.Sequence, run.Conversation, run.State, isSend: true));

    private static A2ACall Demand(A2ACall call, SendMessageRequest request)
    {
        var message = request.Message;
        _ = TaskRuns.DemandShort(message.MessageId, "message.messageId") ?? throw A2AException.Invalid("message.messageId", "It is empty.");
        _ = TaskRuns.DemandShort(message.ContextId, "message.contextId");
        return message.Role != AgentRole.User ? throw A2AException.Invalid("message.role", "A client's message is of ROLE_USER.")
            : message.Parts.Count == 0 ? throw A2AException.Invalid("message.parts", "There is no part; give one or more.")
            : call;
    }

    /// <summary>Whom a message is for, and what that one gets.</summary>
    private SendTarget Choose(A2ACall call, SendMessageRequest request)
    {
        var (kind, key) = kinds.Resolve(call);
        var skill = Skills.FindNamed(request);
        if (kind is null)
        {
            // At the host's own address a skill is that of a kind: KIND, or KIND/SKILL.
            var slash = skill?.IndexOf('/', StringComparison.Ordinal) ?? -1;
            var named = slash < 0 ? skill : skill![..slash];
            kind = named is not null && kinds.Find(named) is { } found ? found : kinds.OfHost;
            skill = named is not null && kind?.Kind == named ? (slash < 0 ? null : skill![(slash + 1)..]) : skill;
        }

        if (kind is null)
        {
            throw A2AException.Invalid("message.metadata.skill", $"It names none of the agents here; name one of: {string.Join(", ", kinds.All.Select(k => k.Kind))}.");
        }

        var (message, sender) = (request.Message, call.Caller.Sender);
        var remarks = RequestRemarks.Read(call, request);
        var (contract, value, payload) = Skills.Choose(kind, skill, message.Parts, remarks);
        var id = DerivedIds.Of(sender.ToString(), kind.Kind, key ?? "", message.MessageId);
        var context = string.IsNullOrEmpty(message.ContextId) ? id.ToString() : message.ContextId;
        var agent = key is null ? A2AKinds.Derive(kind.Kind, sender, context) : new AgentId(kind.Kind, key);
        var envelope = new Envelope(id, sender, agent, contract, value, payload);
        // Agents note the messages of conversations, so one that nobody named is none.
        var (conversation, headers) = (context == message.ContextId ? context : null, contract == Say ? null : RequestRemarks.WriteHeader(remarks, door.Limits.HeaderBytes));
        envelope = conversation is null && headers is null ? envelope : envelope.StampExtras(new EnvelopeExtras { ConversationId = conversation, Headers = headers });
        return new SendTarget(kind, envelope, context, remarks);
    }

    private async Task<A2AAnswer> AskAsync(A2ACall call, SendTarget target)
    {
        if (target.Message.Contract == Say)
        {
            return A2AAnswer.Of(new SendMessageResponse(Message: await AnswerOfAsync(call, target)), A2AJson.Default.SendMessageResponse);
        }

        var reply = (await runs.AskAsync(target.Message, CancellationToken.None)).ToJson();
        return new(json => Write(json, target, reply ?? Taken));
    }

    /// <summary>What an agent answers. Its caller may leave meanwhile; the agent is not stopped for that.</summary>
    private async ValueTask<AgentMessage> AnswerOfAsync(A2ACall call, SendTarget target)
    {
        var reply = await runs.AskAsync(target.Message, CancellationToken.None);
        return new AgentMessage(target.Message.Id.ToString(), AgentRole.Agent, ReadParts(target.Message.Contract, reply), target.Context);
    }

    /// <summary>A message with an answer as it is, which is not read only to be written again.</summary>
    private static void Write(Utf8JsonWriter json, SendTarget target, ReadOnlySpan<byte> answer)
    {
        json.WriteStartObject();
        json.WriteStartObject("message"u8);
        json.WriteString("messageId"u8, target.Message.Id.Value);
        json.WriteString("role"u8, "ROLE_AGENT"u8);
        json.WriteStartArray("parts"u8);
        json.WriteStartObject();
        json.WritePropertyName("data"u8);
        json.WriteRawValue(answer, skipInputValidation: true);
        json.WriteString("mediaType"u8, MediaTypes.Json);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("contextId"u8, target.Context);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static IReadOnlyList<Part> ReadParts(Contract contract, Reply reply)
    {
        if (contract == Say)
        {
            try
            {
                return reply.As<ChatSaid>() is { Parts: { Count: > 0 } parts } && parts.All(p => p?.FindFault() is null) ? parts : throw new JsonException();
            }
            catch (JsonException)
            {
                throw new A2AException(A2AError.InvalidAgentResponse, "The agent's answer is not what an agent that talks answers.");
            }
        }

        return [new Part { Data = JsonElement.Parse(reply.ToJson() ?? Taken), MediaType = MediaTypes.Json }];
    }

    /// <summary>Begins a run; one that the same message began before is that one.</summary>
    private async Task<RunStatus> StartAsync(A2ACall call, SendMessageRequest request, SendTarget target)
    {
        var (message, id) = (target.Message, target.Message.Id);
        var opening = new Saying(request.Message.MessageId, ByOwner: true, request.Message.Parts, target.Remarks);
        var start = new RunStart(message.Recipient.ToString(), message.Type, JsonElement.Parse(message.PayloadJson.Span), message.Version, Opening: opening);
        var run = id.ToString();
        var config = await push.CheckAsync(call, request, run);
        RunStatus status;
        try
        {
            var envelope = Envelope.Create(message.Sender, RunAddress.Of(run), start).WithId(id).With(message.Extras);
            status = (await runs.AskAsync(envelope, call.Aborted)).As<RunStatus>()!;
        }
        catch (A2AException e) when (e.Refusal?.Code == RunCodes.Exists)
        {
            var known = await runs.ReadAsync(call, run, new RunRead(History: 0, Artifacts: false));
            status = new RunStatus(run, known.State, known.Sequence, known.At);
        }

        if (config is not null)
        {
            await push.AddAsync(call, config, status.Sequence);
        }

        return status;
    }

    /// <summary>Says something in a run that there is.</summary>
    private async Task<RunStatus> SayAsync(A2ACall call, SendMessageRequest request)
    {
        var message = request.Message;
        var run = await runs.ReadAsync(call, message.TaskId!, new RunRead(History: 0, Artifacts: false));
        if (!string.IsNullOrEmpty(message.ContextId) && message.ContextId != run.Conversation)
        {
            throw A2AException.Invalid("message.contextId", "The task belongs to another context.");
        }

        var (sender, config) = (call.Caller.Sender, await push.CheckAsync(call, request, run.Run));
        var say = Envelope.Create(sender, RunAddress.Of(run.Run), new RunSay(message.Parts, message.MessageId, RequestRemarks.Read(call, request)))
            .WithId(DerivedIds.Of(sender.ToString(), run.Run, message.MessageId))
            .With(new EnvelopeExtras { ConversationId = run.Conversation });
        var status = (await runs.AskAsync(say, call.Aborted)).As<RunStatus>()!;
        if (config is not null)
        {
            await push.AddAsync(call, config, status.Sequence);
        }

        return status;
    }

    private async Task<A2AAnswer> AnswerAsync(A2ACall call, string task, long after, RunRead read, SendMessageConfiguration? configuration)
    {
        if (configuration is not { ReturnImmediately: true })
        {
            await runs.WaitAsync(call, runs.Follow(call, task), after);
        }

        var run = await runs.ReadAsync(call, task, read);
        return A2AAnswer.Of(new SendMessageResponse(run.ToTask()), A2AJson.Default.SendMessageResponse);
    }

    private static async IAsyncEnumerable<(long Id, StreamResponse Event)> AskOnceAsync(AgentMessage message)
    {
        await Task.CompletedTask;
        yield return (1, new StreamResponse(Message: message));
    }
}

/// <summary>Whom a message is for.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Message">The message that the agent gets.</param>
/// <param name="Context">The conversation that it belongs to.</param>
/// <param name="Remarks">What is said beside its parts; null for nothing.</param>
internal sealed record SendTarget(KindDescription Kind, Envelope Message, string Context, Remarks? Remarks);
