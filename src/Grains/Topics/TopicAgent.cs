using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>
/// Serves one topic. What is published is appended to the topic's log by the commit of its turn; from there the events
/// are told to the subscribers.
/// </summary>
[Agent(TopicId.AgentKind, Description = "Serves a topic: takes its events and tells them to its subscribers.")]
internal sealed partial class TopicAgent(AgentHost host) : Agent<TopicState>, ITopicGrain, IHandleAny,
    IHandle<TopicSubscribe, TopicSubscribers>, IHandle<TopicUnsubscribe, TopicSubscribers>, IHandle<TopicReadSubscribers, TopicSubscribers>
{
    private TopicFanOut? _fanOut;

    public ValueTask<TopicSubscribers> HandleAsync(TopicSubscribe request, AgentContext context, CancellationToken cancellationToken)
    {
        if (!AgentId.TryParse(request.Agent, defaultKind: null, out var agent, out var fault))
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
        }

        // Everything that may be refused comes first: the fan-out holds the state's own objects, which a refusal would replace.
        var filter = PayloadFilter.Check(request.Filter);
        var known = State.Subscribers.Find(s => s.Agent == request.Agent);
        if (known is null)
        {
            State.Subscribers.Add(known = new TopicSubscriber(request.Agent));
        }

        known.SetFilter(request.Via, filter);
        FanOut.Subscribe(agent, known, request.After);
        Announce(context);
        return Subscribers();
    }

    public ValueTask<TopicSubscribers> HandleAsync(TopicUnsubscribe request, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Subscribers.Find(s => s.Agent == request.Agent) is { } known && known.RemoveFilter(request.Via) && known.Filters.Count == 0)
        {
            State.Subscribers.Remove(known);
            FanOut.Unsubscribe(AgentId.Parse(request.Agent));
        }

        return Subscribers();
    }

    public ValueTask<TopicSubscribers> HandleAsync(TopicReadSubscribers request, AgentContext context, CancellationToken cancellationToken) =>
        Subscribers();

    public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken)
    {
        if (!TopicId.TryParse(Id.Key, out _, out var fault))
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
        }

        if (TopicContracts.IsReserved(message.Contract))
        {
            // Nor one of another version than this silo knows: it asks for something, and is no event.
            throw new AgentRefusedException(RefusalCodes.UnknownContract, $"A topic does not handle {message.Contract}, and no event's name begins with {TopicContracts.Prefix}");
        }

        // The deadline was the publishing's, and is met.
        context.Append(host.ForKeeping(message));
        Announce(context);
        return default;
    }

    protected override ValueTask OnStartAsync(CancellationToken cancellationToken)
    {
        _isAnnounced = State.IsAnnounced;
        if (TopicId.TryParse(Id.Key, out _, out _))
        {
            FanOut.Start();
        }

        return default;
    }

    internal override bool HasWork(CommitBatch batch) => batch.Events.Count > 0 || _fanOut is { IsIdle: false };

    internal override void OnAppended(IReadOnlyList<TopicEvent> events)
    {
        FanOut.Appended(events);
        _appended?.TrySetResult();
        _appended = null;
    }

    internal override Task OnStoppingAsync() => _fanOut?.CloseAsync() ?? Task.CompletedTask;

    private TopicFanOut FanOut => _fanOut ??= new TopicFanOut(
        host, Turns, new TopicId(Id.Key),
        ServiceProvider.GetService<ITopicLog>() ?? throw new AgentStoreException("This silo has no topic log: call a Use…Storage() on the silo builder."),
        State.Subscribers);

    private ValueTask<TopicSubscribers> Subscribers() => new(new TopicSubscribers([.. State.Subscribers.Select(s => s.Agent)]));
}
