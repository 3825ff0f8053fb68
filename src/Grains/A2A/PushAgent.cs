using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>
/// Posts the events of one run to where its owner wants them: each at least once and in order, whatever crashes. The run
/// tells where its log has come to, and the log is read from where each receiver has come to.
/// </summary>
[Agent(PushAddress.Kind, Description = "Posts the changes of a task to where its owner wants them.")]
internal sealed partial class PushAgent(AgentHost host, PushSender sender, IOptions<PushOptions> options, ILogger<PushAgent> logger) : Agent<PushState>,
    IHandle<PushAdd, PushAdded>, IHandle<PushList, PushConfigs>, IHandle<PushDrop>, IHandle<Answers>, IHandle<RunMoved>, IHandle<PushAgain>, IHandle<PushWorked>,
    IWork<PushWork, PushWorked>
{
    private const int MostReceivers = 16, MostEvents = 100;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromMinutes(5), WatchPatience = TimeSpan.FromMinutes(5);

    private readonly PushOptions _options = options.Value;

    public ValueTask<PushAdded> HandleAsync(PushAdd request, AgentContext context, CancellationToken cancellationToken)
    {
        DemandOwner(context, request.Run);
        var (state, id) = (State, DemandRoom(request.Config));
        if (request.CheckOnly)
        {
            return new(new PushAdded(id));
        }

        Stop(context, id);
        state.Receivers[id] = new PushReceiver { Config = request.Config, Sent = request.After };
        (state.Run, state.Owner) = (request.Run, context.Sender.ToString());
        if (state.IsWatching)
        {
            Post(context, id);
        }
        else if (state.Question is null)
        {
            Watch(context);
        }

        return new(new PushAdded(id));
    }

    public ValueTask<PushConfigs> HandleAsync(PushList request, AgentContext context, CancellationToken cancellationToken)
    {
        DemandOwner(context, State.Run);
        // Who needs the credentials has them.
        return new(new PushConfigs([.. State.Receivers.Values.Select(r => r.Config with { Authentication = r.Config.Authentication is { } shown ? shown with { Credentials = null } : null })]));
    }

    public ValueTask HandleAsync(PushDrop message, AgentContext context, CancellationToken cancellationToken)
    {
        DemandOwner(context, State.Run);
        Stop(context, message.Id);
        State.Receivers.Remove(message.Id);
        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        var state = State;
        if (message.Question != state.Question)
        {
            return default;
        }

        state.Question = null;
        if (message.Single.Refusal is { } refusal)
        {
            if (RefusalCodes.IsTransient(refusal.Code) || refusal.Code is RefusalCodes.DeadlineExceeded or RefusalCodes.Unreachable)
            {
                context.Schedule(LongestPause, Id, new PushAgain(Id: null));
            }
            else
            {
                // It is no run of the owner's, or is gone.
                state.Receivers.Clear();
            }

            return default;
        }

        var watched = message.Single.Read<RunWatched>();
        (state.IsWatching, state.Conversation) = (true, watched.Conversation);
        Advance(context, watched.Sequence, watched.State.IsFinal());
        return default;
    }

    public ValueTask HandleAsync(RunMoved message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.Run != State.Run || context.Sender != RunAddress.Of(message.Run))
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, "A run tells of itself.");
        }

        Advance(context, message.Sequence, message.IsOver);
        return default;
    }

    public ValueTask HandleAsync(PushAgain message, AgentContext context, CancellationToken cancellationToken)
    {
        if (context.Sender != Id)
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, "It tells itself.");
        }

        if (message.Id is not { } id)
        {
            if (State is { IsWatching: false, Question: null, Receivers.Count: > 0 })
            {
                Watch(context);
            }
        }
        else if (State.Receivers.TryGetValue(id, out var receiver) && receiver.Retry == context.Message.Id.Value)
        {
            receiver.Retry = null;
            Post(context, id);
        }

        return default;
    }

    public ValueTask HandleAsync(PushWorked message, AgentContext context, CancellationToken cancellationToken)
    {
        if (!State.Receivers.TryGetValue(message.Id, out var receiver) || receiver.Work != context.Message.Id.Value)
        {
            return default;
        }

        receiver.Work = null;
        if (message.Sent > receiver.Sent)
        {
            (receiver.Sent, receiver.State, receiver.Failures, receiver.Since) = (message.Sent, message.State, 0, null);
        }

        if (message.Failed is { } why)
        {
            receiver.Since ??= context.Now;
            receiver.Failures++;
            if (context.Now - receiver.Since < _options.Patience)
            {
                var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(receiver.Failures - 1, 16), LongestPause.Ticks));
                receiver.Retry = context.Schedule(pause, Id, new PushAgain(message.Id)).Value;
                return default;
            }

            LogGivenUp(logger, Id, receiver.Sent + 1, HostOf(receiver.Config), receiver.Failures, why);
            (receiver.Sent, receiver.Failures, receiver.Since) = (receiver.Sent + 1, 0, null);
        }

        Post(context, message.Id);
        return default;
    }

    public async Task<PushWorked> WorkAsync(PushWork work, WorkContext context, CancellationToken cancellationToken)
    {
        var run = RunAddress.Of(work.Run);
        var read = Envelope.Create(Id, run, new RunFollow(work.After, MostEvents));
        var reply = await host.AskAsync(host.Cipher?.Seal(read) ?? read, askersDeadline: 0, cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            return new PushWorked(work.Config.Id!, work.After, work.State, refusal.Code);
        }

        var (events, sent) = (new TaskEvents(work.Run, work.Conversation, work.State), work.After);
        foreach (var one in reply.As<RunEvents>()!.Events)
        {
            var before = events.State;
            foreach (var mapped in events.Map(one))
            {
                var (outcome, why) = await sender.PostAsync(work.Config, JsonSerializer.SerializeToUtf8Bytes(mapped, A2AJson.Default.StreamResponse), cancellationToken);
                if (outcome == PushOutcome.Failed)
                {
                    return new PushWorked(work.Config.Id!, sent, before, why);
                }

                if (outcome == PushOutcome.Refused)
                {
                    LogRefused(logger, Id, one.Sequence, HostOf(work.Config), why!);
                }
            }

            sent = one.Sequence;
        }

        return new PushWorked(work.Config.Id!, sent, events.State, Failed: null);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Agent} posted event {Event} to {Host}, which will not have it: {Why}")]
    private static partial void LogRefused(ILogger logger, AgentId agent, long @event, string host, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Agent} gives up on posting event {Event} to {Host} after {Attempts} attempts: {Why}")]
    private static partial void LogGivenUp(ILogger logger, AgentId agent, long @event, string host, int attempts, string why);
}
