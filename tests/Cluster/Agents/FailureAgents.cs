using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Agents;

/// <summary>Has the agent tell another one to hold a gate.</summary>
[Contract("test.tell-hold")]
public sealed record TellHold(string To, string Gate);

/// <summary>Has the agent ask another one to hold a gate, without passing its token on.</summary>
[Contract("test.ask-hold")]
public sealed record AskHold(string To, string Gate) : IRequest<Total>;

[Agent("broken-constructor")]
internal sealed class BrokenConstructorAgent : Agent, IHandle<Greet, Greeting>
{
    public BrokenConstructorAgent() => throw new InvalidOperationException("secret of the constructor");

    public ValueTask<Greeting> HandleAsync(Greet request, AgentContext context, CancellationToken cancellationToken) => default;
}

[Agent("broken-start")]
internal sealed class BrokenStartAgent : Agent, IHandle<Greet, Greeting>
{
    public ValueTask<Greeting> HandleAsync(Greet request, AgentContext context, CancellationToken cancellationToken) => default;

    protected override ValueTask OnStartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("secret of the start");
}

[Agent("teller")]
internal sealed class TellerAgent : Agent, IHandle<TellHold>, IHandle<AskHold, Total>
{
    public ValueTask HandleAsync(TellHold message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Tell(message.To, new Hold(message.Gate));
        return default;
    }

    public ValueTask<Total> HandleAsync(AskHold request, AgentContext context, CancellationToken cancellationToken) =>
        context.AskAsync(request.To, new Hold(request.Gate), CancellationToken.None);
}

[Agent("durable-teller")]
internal sealed class DurableTellerAgent : Agent<AccountState>, IHandle<TellHold>
{
    public ValueTask HandleAsync(TellHold message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Total++;
        context.Tell(message.To, new Hold(message.Gate));
        return default;
    }
}

/// <summary>Forwards every message to the agent that its header <c>next</c> names.</summary>
[Agent("forwarder")]
internal sealed class ForwarderAgent : Agent, IHandleAny
{
    public ValueTask<byte[]?> HandleAnyAsync(Envelope message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Forward(message.Extras!.Headers!["next"]);
        return default;
    }
}
