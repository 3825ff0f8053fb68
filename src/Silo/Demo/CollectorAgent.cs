using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Demo;

[Contract("collector.subscribe", 1)]
internal sealed record CollectorSubscribe(string Topic);

[Contract("collector.read", 1)]
internal sealed record CollectorRead : IQuery<CollectorCount>;

internal sealed record CollectorCount(long Events, int Distinct);

internal sealed class CollectorState
{
    public long Events { get; set; }

    /// <summary>Every message ever counted: it grows without end, which shows a repeat and suits a demo only.</summary>
    public HashSet<Guid> Ids { get; set; } = [];
}

[Agent("collector", Description = "Counts what it gets, from topics and directly, and how much of it was distinct.")]
internal sealed class CollectorAgent : Agent<CollectorState>, IHandle<CollectorSubscribe>, IHandle<CollectorRead, CollectorCount>, IHandleAny
{
    public async ValueTask HandleAsync(CollectorSubscribe message, AgentContext context, CancellationToken cancellationToken)
    {
        if (TopicPattern.TryParse(message.Topic, out var pattern, out _))
        {
            await context.SubscribeAsync(pattern);
            return;
        }

        if (!TopicId.TryParse(message.Topic, out var topic, out var fault))
        {
            throw new AgentRefusedException(RefusalCodes.BadAddress, fault);
        }

        await context.SubscribeAsync(topic);
    }

    public ValueTask<CollectorCount> HandleAsync(CollectorRead request, AgentContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new CollectorCount(State.Events, State.Ids.Count));

    public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Events++;
        State.Ids.Add(message.Id.Value);
        return ValueTask.FromResult<byte[]?>(null);
    }
}
