using System.Text.Json.Serialization.Metadata;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <summary>The operations by paths and methods.</summary>
internal sealed class HttpJsonEndpoint(HttpDoor door, A2AEndpoint endpoint, SendOperations sends, TaskOperations tasks, PushOperations push, CardOperations cards)
{
    public Task SendAsync(HttpContext context) => ServeAsync(context, async call => await sends.SendAsync(call, await ReadAsync(call, A2AJson.Default.SendMessageRequest)));

    public Task StreamAsync(HttpContext context) => ServeAsync(context, async call => await sends.StreamAsync(call, await ReadAsync(call, A2AJson.Default.SendMessageRequest)));

    public Task GetAsync(HttpContext context) =>
        ServeAsync(context, call => tasks.GetAsync(call, new GetTaskRequest(Id(call), HttpJsonBinding.Number(context, "historyLength"))));

    public Task ListAsync(HttpContext context) => ServeAsync(context, call => tasks.ListAsync(call, new ListTasksRequest(
        HttpJsonBinding.Text(context, "contextId"), ReadState(context), HttpJsonBinding.Number(context, "pageSize"), HttpJsonBinding.Text(context, "pageToken"),
        HttpJsonBinding.Number(context, "historyLength"), ReadTime(context), ReadSwitch(context, "includeArtifacts"))));

    public Task CancelAsync(HttpContext context) => ServeAsync(context, async call =>
    {
        var id = Id(call, ":cancel");
        var read = await HttpJsonBinding.ReadAsync(context, door, A2AJson.Default.CancelBody, call.Aborted, new CancelBody());
        return await tasks.CancelAsync(call, new CancelTaskRequest(id, read.Metadata, read.Tenant));
    });

    public Task SubscribeAsync(HttpContext context) => ServeAsync(context, call => tasks.SubscribeAsync(call, new SubscribeToTaskRequest(Id(call, ":subscribe"))));

    public Task CreatePushAsync(HttpContext context) => ServeAsync(context, async call =>
    {
        var (task, config) = (Id(call), await ReadAsync(call, A2AJson.Default.PushConfig));
        return string.IsNullOrEmpty(config.TaskId) || config.TaskId == task
            ? await push.CreateAsync(call, config with { TaskId = task })
            : throw A2AException.Invalid("taskId", "The path names another task.");
    });

    public Task GetPushAsync(HttpContext context) => ServeAsync(context, call => push.GetAsync(call, new GetPushConfigRequest(Id(call), ConfigId(context))));

    public Task ListPushAsync(HttpContext context) => ServeAsync(context, call => push.ListAsync(
        call, new ListPushConfigsRequest(Id(call), HttpJsonBinding.Number(context, "pageSize"), HttpJsonBinding.Text(context, "pageToken"))));

    public Task DeletePushAsync(HttpContext context) => ServeAsync(context, call => push.DeleteAsync(call, new DeletePushConfigRequest(Id(call), ConfigId(context))));

    public Task ExtendedCardAsync(HttpContext context) => ServeAsync(context, call => cards.GetExtendedAsync(call, new GetExtendedAgentCardRequest()));

    /// <summary>Answers what comes by no path or method of the binding.</summary>
    public Task RefuseAsync(HttpContext context, Refusal refusal) =>
        HttpJsonBinding.Instance.WriteErrorAsync(context, A2AException.Of(refusal, Outcome.Refused), context.RequestAborted);

    private Task ServeAsync(HttpContext context, Func<A2ACall, Task<A2AAnswer>> operate) => endpoint.ServeAsync(context, HttpJsonBinding.Instance, operate);

    private Task<T> ReadAsync<T>(A2ACall call, JsonTypeInfo<T> type)
        where T : class =>
        HttpJsonBinding.ReadAsync(call.Context, door, type, call.Aborted);

    /// <summary>The task that the path names; the verb stands in the same segment.</summary>
    private static string Id(A2ACall call, string verb = "") => A2AEndpoint.Segment(call.Context, "id", verb)!;

    private static string ConfigId(HttpContext context) => A2AEndpoint.Segment(context, "config")!;

    private static AgentTaskState? ReadState(HttpContext context) => HttpJsonBinding.Text(context, "status") is not { Length: > 0 } text ? null
        : StateJson.Instance.Parse(text) ?? throw A2AException.Invalid("status", "It is the name of a state, such as TASK_STATE_WORKING.");

    private static DateTimeOffset? ReadTime(HttpContext context) => HttpJsonBinding.Text(context, "statusTimestampAfter") is not { Length: > 0 } text ? null
        : TimeJson.TryParse(text, out var time) ? time
        : throw A2AException.Invalid("statusTimestampAfter", "It is a time such as 2026-01-31T12:00:00Z.");

    private static bool? ReadSwitch(HttpContext context, string name) => HttpJsonBinding.Text(context, name) is not { Length: > 0 } text ? null
        : bool.TryParse(text, out var value) ? value
        : throw A2AException.Invalid(name, "It is true or false.");
}
