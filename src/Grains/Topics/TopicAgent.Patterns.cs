using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <content>
/// Subscriptions to topics by pattern. The topic above keeps them, and subscribes the agents to each topic below that it
/// knows of; a new topic tells those above of itself with its first event.
/// </content>
internal sealed partial class TopicAgent :
    IHandle<TopicSubscribePattern, TopicSubscribers>, IHandle<TopicUnsubscribePattern, TopicSubscribers>, IHandle<TopicAppeared>
{
    private bool _isAnnounced;

    public ValueTask<TopicSubscribers> HandleAsync(TopicSubscribePattern request, AgentContext context, CancellationToken cancellationToken)
    {
        if (!AgentId.TryParse(request.Agent, defaultKind: null, out _, out var fault) || !TopicPattern.TryParse(request.Pattern, out var pattern, out fault))
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
        }

        if (pattern.Above.Name != Id.Key)
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, $"The pattern {pattern} is kept by {pattern.Above.Agent}.");
        }

        var filter = PayloadFilter.Check(request.Filter);
        State.Patterns.RemoveAll(p => p.Agent == request.Agent && p.Pattern == request.Pattern);
        State.Patterns.Add(new PatternSubscriber { Agent = request.Agent, Pattern = request.Pattern, Filter = filter });
        foreach (var topic in State.Below.Select(TopicId.Parse).Where(pattern.Matches))
        {
            context.Tell(topic.Agent, new TopicSubscribe(request.Agent, filter, After: null, Via: request.Pattern));
        }

        return PatternSubscribers();
    }

    public ValueTask<TopicSubscribers> HandleAsync(TopicUnsubscribePattern request, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Patterns.RemoveAll(p => p.Agent == request.Agent && p.Pattern == request.Pattern) > 0)
        {
            var pattern = TopicPattern.Parse(request.Pattern);
            foreach (var topic in State.Below.Select(TopicId.Parse).Where(pattern.Matches))
            {
                context.Tell(topic.Agent, new TopicUnsubscribe(request.Agent, request.Pattern));
            }
        }

        return PatternSubscribers();
    }

    public ValueTask HandleAsync(TopicAppeared message, AgentContext context, CancellationToken cancellationToken)
    {
        var topic = TopicId.Parse(message.Topic);
        if (!State.Below.Contains(message.Topic))
        {
            State.Below.Add(message.Topic);
            foreach (var subscriber in State.Patterns.Where(p => TopicPattern.Parse(p.Pattern).Matches(topic)))
            {
                // From its beginning, for its first event is what made it appear.
                context.Tell(topic.Agent, new TopicSubscribe(subscriber.Agent, subscriber.Filter, After: 0, Via: subscriber.Pattern));
            }
        }

        return default;
    }

    /// <summary>Tells the topics above of this one, once, with the commit of what made it appear.</summary>
    private void Announce(AgentContext context)
    {
        if (_isAnnounced)
        {
            return;
        }

        _isAnnounced = State.IsAnnounced = true;
        for (var end = Id.Key.LastIndexOf('/'); end > 0; end = Id.Key.LastIndexOf('/', end - 1))
        {
            context.Tell(new TopicId(Id.Key[..end]).Agent, new TopicAppeared(Id.Key));
        }
    }

    private ValueTask<TopicSubscribers> PatternSubscribers() => new(new TopicSubscribers([.. State.Patterns.Select(p => p.Agent)]));
}
