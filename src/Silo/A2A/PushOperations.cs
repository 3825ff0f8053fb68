using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>Has the changes of tasks posted. An agent for each task does it; this only speaks to that one.</summary>
internal sealed class PushOperations(TaskRuns runs, IAgentClient agents)
{
    /// <summary>Whether a silo of the cluster posts changes.</summary>
    public bool IsThere => agents.Kinds.Any(k => k.Kind == PushAddress.Kind);

    /// <summary>Adds a configuration to a task of the caller's.</summary>
    /// <param name="call">The call.</param>
    /// <param name="config">The configuration, with the task's id and its own.</param>
    /// <param name="after">The place of the last event that is not posted.</param>
    /// <exception cref="A2AException">It is not taken.</exception>
    public Task AddAsync(A2ACall call, PushConfig config, long after) => AddAsync(call, new PushAdd(config.TaskId!, config, after));

    /// <summary>
    /// What a message has posted of its task, once it is known that it can be: a message whose configuration is not taken
    /// begins nothing and says nothing. Null where it has nothing posted.
    /// </summary>
    /// <exception cref="A2AException">It is not taken.</exception>
    public async Task<PushConfig?> CheckAsync(A2ACall call, SendMessageRequest request, string task)
    {
        if (request.Configuration?.TaskPushNotificationConfig is not { } config)
        {
            return null;
        }

        config = config with { TaskId = task, Id = string.IsNullOrEmpty(config.Id) ? task : config.Id };
        await AddAsync(call, new PushAdd(task, config, After: 0, CheckOnly: true));
        return config;
    }

    private async Task AddAsync(A2ACall call, PushAdd add)
    {
        DemandThere();
        _ = TaskRuns.DemandShort(add.Config.Id, "id");
        try
        {
            await runs.AskAsync(Envelope.Create(call.Caller.Sender, PushAddress.For(add.Run, call.Caller.Sender), add), call.Aborted);
        }
        catch (A2AException e) when (e.Refusal?.Code is PushCodes.BadUrl or RefusalCodes.InvalidPayload)
        {
            throw A2AException.Invalid("url", e.Message);
        }
    }

    public async Task<A2AAnswer> CreateAsync(A2ACall call, PushConfig config)
    {
        var run = await FindAsync(call.With(config.Tenant), config.TaskId);
        if (run.State.IsFinal())
        {
            throw new A2AException(A2AError.UnsupportedOperation, $"The task {run.Run} is over, and nothing more happens to it.");
        }

        var added = config with { TaskId = run.Run, Id = string.IsNullOrEmpty(config.Id) ? Guid.CreateVersion7().ToString() : config.Id, Tenant = null };
        await AddAsync(call, added, run.Sequence);
        return A2AAnswer.Of(added with { Tenant = config.Tenant }, A2AJson.Default.PushConfig);
    }

    public async Task<A2AAnswer> GetAsync(A2ACall call, GetPushConfigRequest request)
    {
        var configs = await ListAsync(call.With(request.Tenant), request.TaskId);
        return configs.FirstOrDefault(c => c.Id == request.Id) is { } config
            ? A2AAnswer.Of(config, A2AJson.Default.PushConfig)
            : throw new A2AException(A2AError.TaskNotFound, $"The task {request.TaskId} has no configuration '{PlainText.Show(request.Id, PlainText.Quoted)}'.");
    }

    public async Task<A2AAnswer> ListAsync(A2ACall call, ListPushConfigsRequest request)
    {
        if (request.PageSize < 0)
        {
            throw A2AException.Invalid("pageSize", "It is 0 or more.");
        }

        var configs = (await ListAsync(call.With(request.Tenant), request.TaskId))
            .Where(c => string.IsNullOrEmpty(request.PageToken) || string.CompareOrdinal(c.Id, request.PageToken) > 0).ToList();
        var page = request.PageSize is > 0 and var size ? configs.Take(size).ToList() : configs;
        return A2AAnswer.Of(new ListPushConfigsResponse(page, page.Count < configs.Count ? page[^1].Id : ""), A2AJson.Default.ListPushConfigsResponse);
    }

    public async Task<A2AAnswer> DeleteAsync(A2ACall call, DeletePushConfigRequest request)
    {
        var run = await FindAsync(call.With(request.Tenant), request.TaskId);
        if (string.IsNullOrEmpty(request.Id))
        {
            throw A2AException.Invalid("id", "It names no configuration.");
        }

        await runs.AskAsync(Envelope.Create(call.Caller.Sender, PushAddress.For(run.Run, call.Caller.Sender), new PushDrop(request.Id)), call.Aborted);
        return A2AAnswer.Nothing;
    }

    private async Task<IReadOnlyList<PushConfig>> ListAsync(A2ACall call, string task)
    {
        var run = await FindAsync(call, task);
        var reply = await runs.AskAsync(Envelope.Create(call.Caller.Sender, PushAddress.For(run.Run, call.Caller.Sender), new PushList()), call.Aborted);
        return reply.As<PushConfigs>()!.Configs;
    }

    private async Task<RunSnapshot> FindAsync(A2ACall call, string? task)
    {
        DemandThere();
        return await runs.ReadAsync(call, task ?? "", new RunRead(History: 0, Artifacts: false));
    }

    private void DemandThere()
    {
        if (!IsThere)
        {
            throw new A2AException(A2AError.PushNotificationNotSupported, "No silo here posts changes of tasks.");
        }
    }
}
