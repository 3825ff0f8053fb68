using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Patterns;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Patterns;

[Contract("test.say")]
public sealed record Say(int Number);

[Contract("test.ask-clerk")]
public sealed record AskClerk(int Number) : IRequest<Booked>;

[Contract("test.read-heard")]
public sealed record ReadHeard : IQuery<Heard>;

public sealed record Heard(IReadOnlyList<string> Lines);

public sealed class HeardState
{
    public IList<string> Lines { get; set; } = [];
}

/// <summary>
/// Takes part in conversations at a desk, and hands over with every fourth message: <c>clerk/N-0</c> to <c>clerk/N-1</c>,
/// that to <c>clerk/N-2</c>, and that to the first. One whose key begins with <c>rude</c> takes none over.
/// </summary>
[Agent("clerk")]
public sealed class ClerkAgent : Agent<HeardState>, IHandle<Say>, IHandle<AskClerk, Booked>, IHandle<DeskHanded>, IHandle<ReadHeard, Heard>
{
    public ValueTask HandleAsync(Say message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Lines.Add($"{message.Number} of {context.Sender} in {context.Message.Extras?.ConversationId}");
        HandOff(message.Number, context);
        return default;
    }

    public ValueTask<Booked> HandleAsync(AskClerk request, AgentContext context, CancellationToken cancellationToken)
    {
        State.Lines.Add($"asked {request.Number}");
        HandOff(request.Number, context);
        return new(new Booked("asked", request.Number));
    }

    public ValueTask HandleAsync(DeskHanded message, AgentContext context, CancellationToken cancellationToken)
    {
        if (Id.Key.StartsWith("rude", StringComparison.Ordinal))
        {
            throw new AgentRefusedException("clerk.busy", "Not now.");
        }

        State.Lines.Add($"{message.Note} from {message.From ?? "nobody"} after {message.Given}{(message.Returned is null ? "" : " returned")}");
        return default;
    }

    public ValueTask<Heard> HandleAsync(ReadHeard request, AgentContext context, CancellationToken cancellationToken) => new(new Heard([.. State.Lines]));

    private void HandOff(int number, AgentContext context)
    {
        if (number % 4 == 3)
        {
            var (name, place) = (Id.Key[..^1], Id.Key[^1] - '0');
            context.HandOff(new AgentId("clerk", $"{name}{(place + 1) % 3}"), $"note {number}");
        }
    }
}

/// <summary>Speaks in groups: how often it has spoken. Its key says what else: <c>mute-…</c> refuses, <c>quiet-…</c> passes.</summary>
[Agent("speaker")]
public sealed class SpeakerAgent : Agent<LedgerState>, IHandle<GroupTurn, GroupSaid>
{
    public ValueTask<GroupSaid> HandleAsync(GroupTurn request, AgentContext context, CancellationToken cancellationToken) =>
        Id.Key.StartsWith("mute-", StringComparison.Ordinal) ? throw new AgentRefusedException("speaker.mute", "It does not speak.")
        : Id.Key.StartsWith("quiet-", StringComparison.Ordinal) ? new(new GroupSaid())
        : new(new GroupSaid($"{++State.Number} after {request.Omitted + request.Transcript.Count}"));
}

/// <summary>Lets the last member speak until there were three turns. One whose key begins with <c>odd</c> names strangers.</summary>
[Agent("chair")]
public sealed class ChairAgent : Agent, IHandle<GroupNext, GroupChoice>
{
    public ValueTask<GroupChoice> HandleAsync(GroupNext request, AgentContext context, CancellationToken cancellationToken) => new(new GroupChoice(
        Id.Key.StartsWith("odd", StringComparison.Ordinal) ? "speaker/stranger" : request.Number > 3 ? null : request.Members[^1]));
}

[Contract("test.tick")]
public sealed record Tick(string Name);

[Contract("test.listen-to")]
public sealed record ListenTo(string Topic);

/// <summary>Keeps what it hears: ticks with their time, and what groups say.</summary>
[Agent("recorder")]
public sealed class RecorderAgent(TimeProvider time) : Agent<HeardState>, IHandle<Tick>, IHandle<ListenTo>, IHandle<GroupEntry>, IHandle<ReadHeard, Heard>
{
    public ValueTask HandleAsync(Tick message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Lines.Add(time.GetUtcNow().ToString("O"));
        return default;
    }

    public async ValueTask HandleAsync(ListenTo message, AgentContext context, CancellationToken cancellationToken) =>
        await context.SubscribeAsync(new TopicId(message.Topic), cancellationToken);

    public ValueTask HandleAsync(GroupEntry message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Lines.Add($"{message.Number} {message.Speaker}: {message.Text ?? message.Failed}");
        return default;
    }

    public ValueTask<Heard> HandleAsync(ReadHeard request, AgentContext context, CancellationToken cancellationToken) => new(new Heard([.. State.Lines]));
}
