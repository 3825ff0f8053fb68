using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Conversations;

/// <summary>Has an agent send on what is said here, or refuse, or fail.</summary>
[Contract("test.talk")]
public sealed record Talk(string Text, string? Tell = null, string? Ask = null, string? Publish = null, string? Begin = null) : IRequest<Talked>;

public sealed record Talked(string Text, string? Conversation);

[Contract("test.overhear")]
public sealed record Overhear : IQuery<Heard>;

public sealed record Heard(IReadOnlyList<Guid> Messages);

[Contract("test.rumour")]
public sealed record Rumour(string Text);

[Contract("test.listen")]
public sealed record Listen(string Topic);

internal sealed class TalkerState
{
    public List<Guid> Heard { get; set; } = [];
}

[Agent("talker", Reentrant = true)]
internal sealed class TalkerAgent : Agent<TalkerState>, IHandle<Talk, Talked>, IHandle<Rumour>, IHandle<Listen>, IHandle<Overhear, Heard>
{
    public async ValueTask<Talked> HandleAsync(Talk request, AgentContext context, CancellationToken cancellationToken)
    {
        State.Heard.Add(context.Message.Id.Value);
        return await Talking.HandleAsync(request, context, cancellationToken);
    }

    public ValueTask HandleAsync(Rumour message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Heard.Add(context.Message.Id.Value);
        return default;
    }

    public async ValueTask HandleAsync(Listen message, AgentContext context, CancellationToken cancellationToken) =>
        await context.SubscribeAsync(new TopicId(message.Topic), cancellationToken);

    public ValueTask<Heard> HandleAsync(Overhear request, AgentContext context, CancellationToken cancellationToken) => new(new Heard(State.Heard));
}

[Agent("whisperer")]
internal sealed class WhispererAgent : Agent, IHandle<Talk, Talked>, IHandle<Overhear, Heard>
{
    public ValueTask<Talked> HandleAsync(Talk request, AgentContext context, CancellationToken cancellationToken) =>
        Talking.HandleAsync(request, context, cancellationToken);

    public ValueTask<Heard> HandleAsync(Overhear request, AgentContext context, CancellationToken cancellationToken) => new(new Heard([]));
}

internal static class Talking
{
    public static async ValueTask<Talked> HandleAsync(Talk request, AgentContext context, CancellationToken cancellationToken)
    {
        if (request.Begin is not null)
        {
            context.BeginConversation(request.Begin);
        }

        if (request.Tell is { } told)
        {
            context.Tell(told, new Talk($"{request.Text} told"));
        }

        if (request.Publish is { } topic)
        {
            context.Publish(new TopicId(topic), new Rumour(request.Text));
        }

        var text = request.Ask is { } asked ? (await context.AskAsync(asked, new Talk($"{request.Text} asked"), cancellationToken)).Text : request.Text;
        return request.Text switch
        {
            "refuse" => throw new AgentRefusedException("test.refused", "Not this."),
            "fail" => throw new InvalidOperationException("secret of the handler"),
            _ => new Talked(text, context.ConversationId),
        };
    }
}
