using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansAgents.Agents;
using OrleansAgents.Endpoints;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Mcp;

/// <summary>Calls that are runs: started, waited for with news of how far they are, told something, cancelled.</summary>
internal sealed partial class McpRuns(
    IAgentClient agents, SendEndpoints sending, HttpDoor door, CallerKeys keys, OpenStreams streams, IHostApplicationLifetime lifetime, TimeProvider time, McpWaiting waiting, ILogger<McpRuns> logger)
{
    /// <summary>Starts the run that a message is to be, and waits for it. Where its caller leaves meanwhile, and no repeat of it waits here, it is cancelled.</summary>
    public async Task<CallToolResult> StartAsync(McpCall call, Envelope message, CancellationToken cancellationToken)
    {
        // Before anything is begun, for it may be none.
        var limit = FindLimit(call);
        var id = message.Id.ToString();
        var run = agents.As(message.Sender).Run(id);
        using var place = streams.Take();
        // Whoever leaves before that is known may have begun it.
        using var wait = waiting.Join(message.Sender, id);
        wait.IsFirst = true;
        try
        {
            var start = new RunStart(message.Recipient.ToString(), message.Type, JsonElement.Parse(message.PayloadJson.Span), message.Version);
            var envelope = Envelope.Create(message.Sender, RunAddress.Of(id), start).WithId(message.Id).With(message.Extras);
            var started = await sending.SendAsync(call.Http, envelope, new SendOptions { Timeout = keys.Current.Timeout }, cancellationToken);
            wait.IsFirst = started.Outcome == Outcome.Accepted;
            // Started before by the same caller, it is the run that is meant; by another, reading it will say so.
            return started.Refusal is { } refusal && refusal.Code != RunCodes.Exists
                ? McpResults.Refuse(refusal, message.Id)
                : await WaitAsync(call, run, after: 0, limit, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (wait.Leave())
            {
                await AbandonAsync(message.Sender, id);
            }

            throw;
        }
    }

    public async Task<CallToolResult> WaitAsync(McpCall call, CancellationToken cancellationToken)
    {
        using var place = streams.Take();
        return await WaitAsync(call, Find(call), after: null, FindLimit(call), cancellationToken);
    }

    public async Task<CallToolResult> SayAsync(McpCall call, CancellationToken cancellationToken)
    {
        var (run, limit) = (Find(call), FindLimit(call));
        using var place = streams.Take();
        // Under the maker's id, so that a repeat is no second answer.
        var say = HttpMessage.Make(
            call.Caller.Sender, run.Agent.Id, Contract.Of<RunSay>().Name, version: 1, PayloadJson.Write(new RunSay([Part.Of(call.DemandText(McpRunNames.Text))])),
            call.FindId(), call.FindConversation(), door.Limits);
        var reply = await sending.SendAsync(call.Http, say, new SendOptions { Timeout = keys.Current.Timeout }, cancellationToken);
        return reply.Refusal is { } refusal ? McpResults.Refuse(refusal) : await WaitAsync(call, run, after: null, limit, cancellationToken);
    }

    public async Task<CallToolResult> CancelAsync(McpCall call, CancellationToken cancellationToken)
    {
        var run = Find(call);
        await run.CancelAsync(cancellationToken);
        return McpRunResult.Of(await run.ReadAsync(cancellationToken: cancellationToken));
    }

    /// <summary>Cancels the run of somebody who waits for it no more. That it is over, or never began, is as well.</summary>
    public async Task AbandonAsync(AgentId owner, string run)
    {
        try
        {
            await agents.As(owner).Run(run).CancelAsync(CancellationToken.None);
        }
        catch (AgentRefusedException)
        {
            // There is nothing to cancel.
        }
        catch (Exception e)
        {
            // Nobody is there to be told.
            LogNotCancelled(logger, run, e);
        }
    }

    private TimeSpan FindLimit(McpCall call) => call.FindTimeout(keys.Current.MaxTimeout) ?? keys.Current.MaxTimeout;

    private RunHandle Find(McpCall call)
    {
        var id = call.DemandText(McpRunNames.Run);
        return AgentId.TryParse($"{RunAddress.Kind}/{id}", defaultKind: null, out _, out var fault)
            ? agents.As(call.Caller.Sender).Run(id)
            : throw new AgentRefusedException(RefusalCodes.BadAddress, $"The argument '{McpRunNames.Run}': {fault}");
    }

    /// <param name="call">The call that waits.</param>
    /// <param name="run">The run.</param>
    /// <param name="after">The place in its log from which on there is news; null for from where it stands.</param>
    /// <param name="limit">How long the caller waits.</param>
    /// <param name="cancellationToken">Ends when the caller leaves.</param>
    private async Task<CallToolResult> WaitAsync(McpCall call, RunHandle run, long? after, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(limit, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token, lifetime.ApplicationStopping);
        try
        {
            if (after is null)
            {
                var before = await run.ReadAsync(cancellationToken: cancellationToken);
                if (IsWaitedFor(before.State))
                {
                    return McpRunResult.Of(before);
                }

                after = before.Sequence;
            }

            return McpRunResult.Of(await FollowAsync(call, run, after.Value, any.Token));
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return McpResults.Refuse(new Refusal(RefusalCodes.Stopping, $"This silo is stopping, and the run {run.Id} goes on; wait for it with the tool {McpRunNames.Wait}."));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return McpRunResult.Of(await run.ReadAsync(cancellationToken: cancellationToken));
        }
    }

    private static async Task<RunSnapshot> FollowAsync(McpCall call, RunHandle run, long after, CancellationToken cancellationToken)
    {
        while (true)
        {
            await foreach (var one in run.FollowAsync(after, cancellationToken))
            {
                await TellAsync(call.Request, one, cancellationToken);
                if (one.State is { } state && IsWaitedFor(state))
                {
                    break;
                }
            }

            // A question of its agent may have been answered since, by somebody else in the caller's name.
            var snapshot = await run.ReadAsync(cancellationToken: cancellationToken);
            if (IsWaitedFor(snapshot.State))
            {
                return snapshot;
            }

            cancellationToken.ThrowIfCancellationRequested();
            after = snapshot.Sequence;
        }
    }

    private static bool IsWaitedFor(RunState state) => state.IsFinal() || state.IsInterrupted();

    /// <summary>What happened in the run, for callers that want to know. The place in its log only grows, as the protocol demands of progress.</summary>
    private static async Task TellAsync(RequestContext<CallToolRequestParams> request, RunEvent one, CancellationToken cancellationToken)
    {
        if (request.Params.ProgressToken is { } token)
        {
            var said = string.Concat((one.Message?.Parts ?? one.Artifact?.Parts ?? []).Select(part => part.Text));
            var message = said.Length > 0 ? said : one.Progress is { } done ? $"{done:P0}" : one.State?.ToString();
            await request.Server.NotifyProgressAsync(token, new ProgressNotificationValue { Progress = one.Sequence, Message = message }, cancellationToken: cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A run could not be cancelled that nobody waits for any more; it ends at the latest when its time is over: {Run}")]
    private static partial void LogNotCancelled(ILogger logger, string run, Exception error);
}
