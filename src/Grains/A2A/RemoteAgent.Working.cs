using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.A2A;

/// <content>What it does beside its turns: it says something, follows what comes of it, and cancels.</content>
internal sealed partial class RemoteAgent : IWork<RemoteSend, RemoteSent>, IWork<RemoteFollow, RemoteFollowed>, IWork<RemoteCancel, RemoteCancelDone>
{
    // What was opened by saying something, until it is followed. One that is gone is opened again.
    private readonly Dictionary<Guid, RemoteEvents> _open = [];

    public async Task<RemoteSent> WorkAsync(RemoteSend work, WorkContext context, CancellationToken cancellationToken)
    {
        try
        {
            var client = remotes.Demand(Id);
            var events = await SendAsync(client, work, cancellationToken);
            if (events.Reader.TryPeek(out var first) && first.Message is { } answer)
            {
                await events.DisposeAsync();
                return new RemoteSent(work.Call, work.Task, Answer: answer.Parts, IsBeside: work.IsBeside);
            }

            if (work.IsBeside || first?.Task is not { } task || (work.Task is not null && task.Id != work.Task))
            {
                await events.DisposeAsync();
                return work.IsBeside ? new RemoteSent(work.Call, work.Task, IsBeside: true)
                    : throw RemoteException.Broken(client.Name, "what comes of a message begins with neither its task nor an answer.");
            }

            await CloseAsync(work.Call);
            _open[work.Call] = events;
            return new RemoteSent(work.Call, task.Id, task.ContextId);
        }
        catch (RemoteException e)
        {
            return new RemoteSent(work.Call, Fault: RemoteFault.Of(e), IsBeside: work.IsBeside);
        }
        catch (AgentRefusedException e)
        {
            return new RemoteSent(work.Call, Fault: RemoteFault.Of(e.Refusal), IsBeside: work.IsBeside);
        }
    }

    public async Task<RemoteFollowed> WorkAsync(RemoteFollow work, WorkContext context, CancellationToken cancellationToken)
    {
        _open.Remove(work.Call, out var open);
        return await new RemoteFollower(remotes.Demand(Id), new RemoteTask(work.Task), context.Run, time).FollowAsync(work.Call, open, cancellationToken);
    }

    public async Task<RemoteCancelDone> WorkAsync(RemoteCancel work, WorkContext context, CancellationToken cancellationToken)
    {
        try
        {
            await remotes.Demand(Id).CancelAsync(work.Task, cancellationToken);
        }
        catch (RemoteException e)
        {
            // Tried as often as all calls are; it may go on there, and nobody here waits for it.
            LogNotCancelled(logger, Id, work.Task, e.Code);
        }

        return new RemoteCancelDone();
    }

    internal override async Task OnStoppingAsync()
    {
        foreach (var call in _open.Keys.ToArray())
        {
            await CloseAsync(call);
        }
    }

    private static async Task<RemoteEvents> SendAsync(RemoteClient client, RemoteSend work, CancellationToken cancellationToken)
    {
        var message = new AgentMessage(
            work.Message, AgentRole.User, work.Parts, work.Context, work.Task, WriteMetadata(work), work.Remarks?.Extensions, work.Remarks?.References);
        try
        {
            return await client.SendAsync(message, isStreamed: !work.IsBeside, cancellationToken);
        }
        catch (RemoteException e) when (e.Error == A2AError.InvalidParams && work is { Task: null, Context: not null })
        {
            // An agent may refuse conversations that it did not name itself. Then each message begins one.
            return await client.SendAsync(message with { ContextId = null }, isStreamed: !work.IsBeside, cancellationToken);
        }
    }

    /// <summary>What the sender says of the message, and which skill it is for. A talk has none, or who may only talk could name any.</summary>
    private static JsonElement? WriteMetadata(RemoteSend work)
    {
        var metadata = work.Remarks?.Metadata is { } said ? JsonObject.Create(said)! : [];
        metadata.Remove("skill");
        if (work.Skill is { } skill)
        {
            metadata["skill"] = skill;
        }

        return metadata.Count == 0 ? null : JsonSerializer.SerializeToElement(metadata, PayloadJson.Options);
    }

    private async ValueTask CloseAsync(Guid call)
    {
        if (_open.Remove(call, out var events))
        {
            await events.DisposeAsync();
        }
    }
}
