using System.Buffers.Text;
using System.Globalization;
using System.Text;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>Reads, lists, cancels and follows tasks: the caller's own, for those of others are not there.</summary>
internal sealed class TaskOperations(TaskRuns runs, A2AKinds kinds)
{
    private const int UsualPage = 50, LargestPage = 100;

    public async Task<A2AAnswer> GetAsync(A2ACall call, GetTaskRequest request)
    {
        var read = new RunRead(TaskRuns.DemandHistory(request.HistoryLength));
        return A2AAnswer.Of((await runs.ReadAsync(call.With(request.Tenant), request.Id, read)).ToTask());
    }

    public async Task<A2AAnswer> ListAsync(A2ACall call, ListTasksRequest request)
    {
        call = call.With(request.Tenant);
        var (kind, key) = kinds.Resolve(call);
        var size = request.PageSize ?? UsualPage;
        if (size is < 1 or > LargestPage)
        {
            throw A2AException.Invalid("pageSize", $"It is from 1 to {LargestPage}.");
        }

        var (at, after) = ReadToken(request.PageToken);
        var state = request.Status is null or AgentTaskState.Unspecified ? (RunState?)null : request.Status.Value.ToRun();
        var list = new RunsList(
            TaskRuns.DemandShort(request.ContextId, "contextId"), state, key is null ? null : $"{kind!.Kind}/{key}", request.StatusTimestampAfter, size, after, at,
            kind is null ? [.. kinds.All.Select(k => k.Kind)] : [kind.Kind]);
        var sender = call.Caller.Sender;
        var page = (await runs.AskAsync(Envelope.Create(sender, RunAddress.IndexFor(sender), list), call.Aborted)).As<RunsPage>()!;
        var read = new RunRead(TaskRuns.DemandHistory(request.HistoryLength), request.IncludeArtifacts is true);
        var tasks = await Task.WhenAll(page.Runs.Select(noted => ReadAsync(call, noted.Run, read)));
        return A2AAnswer.Of(
            new ListTasksResponse([.. tasks.OfType<AgentTask>()], page.HasMore ? WriteToken(page.Runs[^1]) : "", size, page.Total), A2AJson.Default.ListTasksResponse);
    }

    public async Task<A2AAnswer> CancelAsync(A2ACall call, CancelTaskRequest request)
    {
        call = call.With(request.Tenant);
        var run = await runs.ReadAsync(call, request.Id, new RunRead(History: 0, Artifacts: false));
        try
        {
            await runs.AskAsync(Envelope.Create(call.Caller.Sender, RunAddress.Of(run.Run), new RunCancel()), call.Aborted);
        }
        catch (A2AException e) when (e.Refusal?.Code == RunCodes.Final)
        {
            throw new A2AException(A2AError.TaskNotCancelable, $"The task {run.Run} is over, and cannot be cancelled.");
        }

        return A2AAnswer.Of((await runs.ReadAsync(call, request.Id, new RunRead())).ToTask());
    }

    public async Task<A2AAnswer> SubscribeAsync(A2ACall call, SubscribeToTaskRequest request)
    {
        var run = await runs.ReadAsync(call.With(request.Tenant), request.Id, new RunRead());
        var follow = runs.Follow(call, run.Run);
        var last = call.Context.Request.Headers["Last-Event-ID"].ToString();
        if (last.Length > 0)
        {
            return long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place <= run.Sequence
                ? new(null, TaskRuns.StreamAsync(follow, first: null, place, run.Conversation, run.State, isSend: false))
                : throw A2AException.Invalid("Last-Event-ID", "It is the id of an event that the task has had.");
        }

        return run.State.IsFinal()
            ? throw new A2AException(A2AError.UnsupportedOperation, $"The task {run.Run} is over, and nothing more happens to it.")
            : new(null, TaskRuns.StreamAsync(follow, run.ToTask(), run.Sequence, run.Conversation, run.State, isSend: false));
    }

    /// <summary>The task; null for one that is gone since it was listed.</summary>
    private async Task<AgentTask?> ReadAsync(A2ACall call, string run, RunRead read)
    {
        try
        {
            return (await runs.ReadAsync(call, run, read)).ToTask();
        }
        catch (A2AException e) when (e.Error == A2AError.TaskNotFound)
        {
            return null;
        }
    }

    // The place in the order, so that tasks which move meanwhile neither hide others nor end the list.
    private static string WriteToken(RunNoted last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{last.At.UtcTicks.ToString(CultureInfo.InvariantCulture)} {last.Run}"));

    private static (DateTimeOffset? At, string? After) ReadToken(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return (null, null);
        }

        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split(' ', 2) is [var ticks, var run]
                && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                ? (new DateTimeOffset(at, TimeSpan.Zero), run)
                : throw new FormatException();
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException)
        {
            throw A2AException.Invalid("pageToken", "It is none that a list gave.");
        }
    }
}
