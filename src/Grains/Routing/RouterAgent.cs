using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Routing;

/// <summary>
/// Passes messages on by rules. A message keeps its id, its sender and its payload on the way, and the answer comes back
/// the same way; the router stores of it only what a repeat must know.
/// </summary>
[Agent(Kind, Description = "Passes messages on by rules.")]
internal sealed class RouterAgent : Agent<RouterState>, IRelay,
    IHandle<RouterChange, RouterVersion>, IHandle<RouterRead, RouterPage>, IHandle<RouterExplain, RouterExplanation>
{
    public const string Kind = "router";
    public const string Reserved = "router.";
    private const int MostRead = 1000;

    private readonly Dictionary<MessageId, Transit> _underWay = [];
    private RouteTable? _table;
    private RouteSender? _sender;
    private TaskCompletionSource? _idle;

    private RouteTable Table => _table ??= new RouteTable(State.Routes.Values);

    private RouteSender Sender => _sender ??= new RouteSender(Turns);

    public ValueTask<RouterVersion> HandleAsync(RouterChange request, AgentContext context, CancellationToken cancellationToken)
    {
        if (request.Expected is { } expected && expected != State.Version)
        {
            throw new AgentRefusedException(RouterCodes.Conflict, $"The rules have version {State.Version}, not {expected}; read them and change them anew.");
        }

        RouteMembers.Demand(context.OpenMessage().PayloadJson.Span);
        var routes = new SortedDictionary<string, Route>(State.Routes, StringComparer.Ordinal);
        foreach (var name in request.Remove ?? [])
        {
            routes.Remove(name);
        }

        foreach (var route in request.Put ?? [])
        {
            routes[route.Name] = route;
        }

        // Whatever is faulty throws here, before anything is changed.
        var table = new RouteTable(routes.Values);
        State.Routes = routes;
        State.Version++;
        _table = table;
        return new(new RouterVersion(State.Version, routes.Count));
    }

    public ValueTask<RouterPage> HandleAsync(RouterRead request, AgentContext context, CancellationToken cancellationToken)
    {
        if (request.Skip < 0 || request.Limit is < 1 or > MostRead)
        {
            throw new AgentRefusedException(RefusalCodes.InvalidPayload, $"'skip' is 0 or more, and 'limit' from 1 to {MostRead}.");
        }

        var routes = Table.Routes.Skip(request.Skip).Take(request.Limit).Select(r => r.Route);
        return new(new RouterPage(State.Version, Table.Routes.Count, [.. routes], Sender.Avoided.List()));
    }

    public ValueTask<RouterExplanation> HandleAsync(RouterExplain request, AgentContext context, CancellationToken cancellationToken)
    {
        using var message = new RoutedMessage(Imagine(request, context));
        if (Table.Find(message) is not { } route)
        {
            return new(new RouterExplanation(null, []));
        }

        var to = route.Route.Send == RouteMode.One && route.To.Length > 1
            ? RecipientOrder.Of(route, message, Sender.LoadOf).Select(place => route.To[place])
            : route.To;
        return new(new RouterExplanation(route.Route.Name, [.. to.Select(agent => agent.ToString())]));
    }

    public async ValueTask<Reply> RelayAsync(Envelope message)
    {
        if (message.Type.StartsWith(Reserved, StringComparison.Ordinal))
        {
            return Reply.Refused(new Refusal(RefusalCodes.UnknownContract, $"A router does not handle {message.Contract}, and passes on nothing whose name begins with {Reserved}"));
        }

        using var routed = new RoutedMessage(message);
        if (Table.Find(routed) is not { } route)
        {
            return RefuseUnrouted(message);
        }

        var transit = new Transit(message, AgentContext.AddHop(message, Id, Turns.Host.Options.Limits, route.To));
        while (!_underWay.TryAdd(message.Id, transit))
        {
            // The same message is on its way already. Who gets it is decided once, so its answer is the answer to both.
            if (await _underWay[message.Id].EndAsync() is { } answer && !IsOfItsOwnTime(answer))
            {
                return answer;
            }
        }

        Reply? reply = null;
        try
        {
            reply = route.Route.Send == RouteMode.One
                ? await Sender.SendToOneAsync(route, routed, transit)
                : await Sender.SendToAllAsync(route, transit);
            return reply.Value;
        }
        finally
        {
            Leave(transit, reply);
        }
    }

    public void CancelRelayed(MessageId message)
    {
        if (_underWay.TryGetValue(message, out var transit))
        {
            transit.Cancel();
            foreach (var agent in transit.With)
            {
                Sender.Cancel(agent, message);
            }
        }
    }

    internal override async Task OnStoppingAsync()
    {
        _sender?.Stop();
        if (_underWay.Count > 0)
        {
            _idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            // What is not answered by then its sender sends again, and the recipient knows it.
            await _idle.Task.WaitAsync(Turns.Host.Options.StopPatience, Turns.Host.Time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private Reply RefuseUnrouted(Envelope message)
    {
        var refusal = new Refusal(RouterCodes.NoRoute, $"No rule of {Id} takes {message.Contract} from {message.Sender}.");
        if (!Turns.Host.IsHosted(message.Sender.Kind))
        {
            // An agent that sent it keeps it as a dead letter itself.
            Turns.Outbox.GiveUp(new OutgoingMessage(message.WithExpiry(null), Turns.Host.Time.GetUtcNow()), refusal);
        }

        return Reply.Refused(refusal);
    }

    /// <summary>Whether somebody who waits longer, or still does, may have another answer.</summary>
    private static bool IsOfItsOwnTime(Reply reply) =>
        reply.Refusal?.Code is RefusalCodes.DeadlineExceeded or RefusalCodes.Expired or RefusalCodes.Cancelled;

    private void Leave(Transit transit, Reply? reply)
    {
        _underWay.Remove(transit.Message.Id);
        transit.End(reply);
        if (_underWay.Count == 0)
        {
            _idle?.TrySetResult();
            _idle = null;
        }
    }

    private Envelope Imagine(RouterExplain request, AgentContext context)
    {
        var sender = context.Sender;
        if (request.Sender is { } text && !AgentId.TryParse(text, defaultKind: null, out sender, out var fault))
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
        }

        if (!Contract.IsName(request.Type) || request.Version < 1)
        {
            throw new AgentRefusedException(RefusalCodes.BadType, $"'{PlainText.Show(request.Type, PlainText.Quoted)}' version {request.Version} is no contract.");
        }

        var payload = request.Payload is { } json ? System.Text.Encoding.UTF8.GetBytes(json.GetRawText()) : "{}"u8.ToArray();
        return Envelope.CreateJson(sender, Id, request.Type, payload, request.Version).With(new EnvelopeExtras { Headers = request.Headers });
    }
}
