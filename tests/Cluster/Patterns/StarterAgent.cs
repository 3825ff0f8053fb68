using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;

namespace OrleansAgents.Tests.Patterns;

[Contract("test.run-saga")]
public sealed record RunASaga(string Key, IReadOnlyList<SagaStep> Steps, bool IsSequence = false);

[Contract("test.run-group")]
public sealed record RunAGroup(string Key, GroupStart Group);

[Contract("test.open-desk")]
public sealed record OpenADesk(string Key, string Owner);

[Contract("test.tick-every")]
public sealed record TickEvery(string Name, TimeSpan Interval, string To, long? Count = null, MissedTicks Missed = MissedTicks.Once, DateTimeOffset? First = null, TimeSpan? Jitter = null);

[Contract("test.tick-no-more")]
public sealed record TickNoMore(string Name);

[Contract("test.read-ends")]
public sealed record ReadEnds : IQuery<Ends>;

public sealed record Ends(IReadOnlyList<SagaEnded> Sagas, IReadOnlyList<GroupEnded> Groups);

public sealed class StarterState
{
    public IList<SagaEnded> Sagas { get; set; } = [];

    public IList<GroupEnded> Groups { get; set; } = [];
}

/// <summary>Starts patterns and keeps how they ended.</summary>
[Agent("starter")]
public sealed class StarterAgent : Agent<StarterState>, IHandle<RunASaga>, IHandle<RunAGroup>, IHandle<OpenADesk>, IHandle<TickEvery>, IHandle<TickNoMore>,
    IHandle<SagaEnded>, IHandle<GroupEnded>, IHandle<ReadEnds, Ends>
{
    public ValueTask HandleAsync(RunASaga message, AgentContext context, CancellationToken cancellationToken)
    {
        _ = message.IsSequence ? context.RunSequence(message.Steps, message.Key, "seq") : context.RunSaga(message.Steps, message.Key, "tag");
        return default;
    }

    public ValueTask HandleAsync(RunAGroup message, AgentContext context, CancellationToken cancellationToken)
    {
        context.StartGroup(message.Group, message.Key);
        return default;
    }

    public ValueTask HandleAsync(OpenADesk message, AgentContext context, CancellationToken cancellationToken)
    {
        context.OpenDesk(message.Key, message.Owner, "welcome");
        return default;
    }

    public ValueTask HandleAsync(TickEvery message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Every(message.Name, message.Interval, message.To, new Tick(message.Name), new TimerOptions
        {
            Count = message.Count,
            Missed = message.Missed,
            First = message.First,
            Jitter = message.Jitter,
        });
        return default;
    }

    public ValueTask HandleAsync(TickNoMore message, AgentContext context, CancellationToken cancellationToken)
    {
        context.StopEvery(message.Name);
        return default;
    }

    public ValueTask HandleAsync(SagaEnded message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Sagas.Add(message);
        return default;
    }

    public ValueTask HandleAsync(GroupEnded message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Groups.Add(message);
        return default;
    }

    public ValueTask<Ends> HandleAsync(ReadEnds request, AgentContext context, CancellationToken cancellationToken) => new(new Ends([.. State.Sagas], [.. State.Groups]));
}
