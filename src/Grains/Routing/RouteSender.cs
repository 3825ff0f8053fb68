using System.Runtime.InteropServices;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Routing;

/// <summary>Brings a message to the recipients that its rule names. Runs on the router's own scheduler.</summary>
internal sealed class RouteSender(AgentTurns turns)
{
    private readonly RouteChoices _choices = new(turns);
    private readonly Dictionary<AgentId, int> _load = [];
    private readonly CancellationTokenSource _stopping = new();

    public AvoidedRecipients Avoided { get; } = new(turns.Host.Time);

    public int LoadOf(AgentId agent) => _load.GetValueOrDefault(agent);

    /// <summary>To one, and to the next where that cannot take it.</summary>
    public async ValueTask<Reply> SendToOneAsync(CompiledRoute route, RoutedMessage message, Transit transit)
    {
        if (route.To.Length == 1)
        {
            return await SendAsync(route.To[0], transit, isCounted: false);
        }

        var order = RecipientOrder.Of(route, message, LoadOf);
        var (known, notes) = _choices.Recall(transit.Message.Id);
        var target = known ?? FindNext(route, order, transit.With)!.Value;
        if (known is null && (route.Route.Pick != RoutePick.Hash || target != route.To[order[0]]))
        {
            route.Turn++;
            if (await _choices.NoteAsync(transit.Message, notes++, target, route.Route.Exact) is { } unstored)
            {
                return Reply.Refused(unstored);
            }
        }

        while (true)
        {
            Reply reply;
            try
            {
                reply = await SendAsync(target, transit, route.Route.Pick == RoutePick.Least);
            }
            catch (TimeoutException) when (notes == 0)
            {
                // A repeat must find the same one, also where that is avoided by then.
                await _choices.NoteAsync(transit.Message, notes, target, route.Route.Exact);
                throw;
            }

            if (!IsFailing(reply) || notes == RouteChoices.Most || FindNext(route, order, transit.With) is not { } next)
            {
                return reply;
            }

            if (await _choices.NoteAsync(transit.Message, notes++, next, route.Route.Exact) is { } fault)
            {
                return Reply.Refused(fault);
            }

            target = next;
        }
    }

    /// <summary>To all; ends as soon as the outcome is certain.</summary>
    public async ValueTask<Reply> SendToAllAsync(CompiledRoute route, Transit transit)
    {
        var collected = new RoutedReplies(route);
        for (var i = 0; i < route.To.Length; i++)
        {
            _ = CollectAsync(collected, i, route.To[i], transit);
        }

        await collected.Settled;
        foreach (var pending in collected.Close())
        {
            Cancel(pending, transit.Message.Id);
        }

        return collected.ToReply();
    }

    public void Cancel(AgentId agent, MessageId message) =>
        // Nobody waits for this: the agent may be the very thing that cannot be reached.
        turns.Host.Find(agent).CancelAsync(message.Value).AsTask().Ignore();

    /// <summary>Repeats nothing any more: whoever sent it does, and a recipient that handled it knows it.</summary>
    public void Stop() => _stopping.Cancel();

    private async Task CollectAsync(RoutedReplies collected, int place, AgentId target, Transit transit)
    {
        try
        {
            collected.Take(place, await SendAsync(target, transit, isCounted: false));
        }
        catch (Exception e)
        {
            collected.Fail(e);
        }
    }

    /// <exception cref="TimeoutException">Nobody knows whether the agent handled it; the same message sent again finds out.</exception>
    private async ValueTask<Reply> SendAsync(AgentId target, Transit transit, bool isCounted)
    {
        var onward = transit.To(target);
        onward = turns.Host.Cipher?.Redirect(onward) ?? onward;
        if (isCounted)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_load, target, out _)++;
        }

        try
        {
            var reply = await turns.Host.TryAsync(onward, CancellationToken.None);
            if (IsUncertain(reply))
            {
                // So this very agent is to say what became of it.
                var host = turns.Host;
                reply = await host.RepeatAsync(
                    onward, reply,
                    (last, attempts) => IsUncertain(last) && attempts <= host.Options.Delivery.MaxRetries
                        && !transit.IsCancelled && !(onward.ExpiresAt <= host.Time.GetUtcNow()),
                    _stopping.Token);
            }

            if (reply.Refusal is { Code: RefusalCodes.Unreachable } unreachable)
            {
                Avoided.Failed(target, unreachable);
                throw new TimeoutException(unreachable.Message);
            }

            Judge(target, reply);
            return reply;
        }
        finally
        {
            if (isCounted && --CollectionsMarshal.GetValueRefOrAddDefault(_load, target, out _) == 0)
            {
                _load.Remove(target);
            }
        }
    }

    private void Judge(AgentId target, Reply reply)
    {
        if (IsFailing(reply))
        {
            Avoided.Failed(target, reply.Refusal!);
        }
        else
        {
            Avoided.Succeeded(target);
        }
    }

    /// <summary>Whether it may have handled the message, and has not said so.</summary>
    private static bool IsUncertain(Reply reply) => reply.Refusal?.Code is RefusalCodes.Unreachable or RefusalCodes.Stopping or RefusalCodes.StoreUnavailable;

    /// <summary>Whether it certainly changed nothing, and another may do better.</summary>
    private static bool IsFailing(Reply reply) =>
        reply.Outcome == Outcome.Failed || reply.Refusal?.Code is RefusalCodes.Busy or RefusalCodes.NoHost or RefusalCodes.UnknownKind;

    /// <summary>The first that has not had it, one that is avoided only where no other is left; null where all have.</summary>
    private AgentId? FindNext(CompiledRoute route, int[] order, IReadOnlyList<AgentId> tried)
    {
        AgentId? avoided = null;
        foreach (var place in order)
        {
            var agent = route.To[place];
            if (tried.Contains(agent))
            {
                continue;
            }

            if (!Avoided.Contains(agent))
            {
                return agent;
            }

            avoided ??= agent;
        }

        return avoided;
    }
}
