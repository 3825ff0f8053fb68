using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Runs;

/// <summary>Keeps no state: each run that it knows is a message that it never sends, which the store keeps by itself.</summary>
internal sealed class RunsState;

/// <summary>Knows the runs that one owner started, as long as they are kept.</summary>
[Agent(RunAddress.IndexKind, Description = "Knows the runs that somebody started.")]
internal sealed class RunsAgent(AgentHost host) : Agent<RunsState>, IMessageKeeper, IHandle<RunNoted>, IHandle<RunsList, RunsPage>
{
    private readonly Dictionary<MessageId, RunNoted> _known = [];

    public ValueTask HandleAsync(RunNoted message, AgentContext context, CancellationToken cancellationToken)
    {
        if (context.Sender != RunAddress.Of(message.Run))
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, "A run is noted by itself.");
        }

        var entry = RunAddress.EntryOf(message.Run);
        if (message.IsForgotten)
        {
            context.CancelScheduled(entry);
        }
        else
        {
            context.KeepOwn(message, entry);
        }

        return default;
    }

    public ValueTask<RunsPage> HandleAsync(RunsList request, AgentContext context, CancellationToken cancellationToken)
    {
        if (request.Limit is < 1 or > RunsList.MostRuns)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"'limit' is from 1 to {RunsList.MostRuns}.");
        }

        if (RunAddress.IndexFor(context.Sender) != Id)
        {
            throw new AgentRefusedException(RefusalCodes.NotAllowed, $"{context.Sender} lists its own runs, at {RunAddress.IndexFor(context.Sender)}.");
        }

        var matching = _known.Values
            .Where(n => (request.Conversation is null || n.Conversation == request.Conversation)
                && (request.State is null || n.State == request.State)
                && (request.Agent is null || n.Agent == request.Agent)
                && (request.Kinds is null || request.Kinds.Contains(n.Agent[..n.Agent.IndexOf('/', StringComparison.Ordinal)], StringComparer.Ordinal))
                && !(n.At < request.ChangedSince))
            .OrderByDescending(n => n.At).ThenBy(n => n.Run, StringComparer.Ordinal).ToArray();
        var skip = request.After is { } after ? FindBehind(matching, after, request.AfterAt) : 0;
        var page = matching.Skip(skip).Take(request.Limit).ToArray();
        return new(new RunsPage(page, matching.Length, skip + page.Length < matching.Length));
    }

    bool IMessageKeeper.TryKeep(OutgoingMessage message)
    {
        if (message.DueAt != DateTimeOffset.MaxValue)
        {
            return false;
        }

        // One whose key is gone is listed no more, and keeps nobody from reading the others.
        var opened = message.Envelope;
        if (host.Cipher is null || host.Cipher.TryOpen(message.Envelope, out opened!, out _))
        {
            _known[message.Envelope.Id] = (RunNoted)opened.ReadPayload(Contract.Of<RunNoted>());
        }

        return true;
    }

    void IMessageKeeper.Release(MessageId message) => _known.Remove(message);

    /// <summary>Behind the run that a page ended with: where it is now, or behind the place that it had.</summary>
    private static int FindBehind(RunNoted[] matching, string after, DateTimeOffset? at)
    {
        if (at is { } place)
        {
            return matching.TakeWhile(n => n.At > place || (n.At == place && string.CompareOrdinal(n.Run, after) <= 0)).Count();
        }

        var index = Array.FindIndex(matching, n => n.Run == after);
        return index >= 0 ? index + 1 : throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"'after' is no run of this list any more; begin anew.");
    }
}
