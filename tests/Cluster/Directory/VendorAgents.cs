using OrleansAgents.Agents;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Directory;

[Contract("test.offer")]
public sealed record Offer(IReadOnlyList<string> Capabilities, IReadOnlyList<string>? Tags = null, string? Description = null, bool Fail = false);

[Contract("test.withdraw")]
public sealed record Withdraw;

[Contract("test.look")]
public sealed record Look(string Capability) : IRequest<FoundAgents>;

/// <summary>Activates an agent, and leaves it nothing to do for which the survivors of its silo would wake it.</summary>
[Contract("test.knock")]
public sealed record Knock : IQuery<int>;

public sealed class VendorState
{
    public int Offers { get; set; }
}

[Agent("vendor", Description = "Sells.", Capabilities = ["sell"], Tags = ["shop", "eu"])]
internal sealed class VendorAgent : Agent<VendorState>, IHandle<Offer>, IHandle<Withdraw>, IHandle<Knock, int>, IHandle<Look, FoundAgents>
{
    public ValueTask HandleAsync(Offer message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Offers++;
        context.Register(new Registration(message.Capabilities, message.Tags, message.Description));
        return message.Fail ? throw new AgentRefusedException("vendor.no", "Not now.") : default;
    }

    public ValueTask HandleAsync(Withdraw message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Offers++;
        context.Unregister();
        return default;
    }

    public ValueTask<int> HandleAsync(Knock request, AgentContext context, CancellationToken cancellationToken) => new(State.Offers);

    public ValueTask<FoundAgents> HandleAsync(Look request, AgentContext context, CancellationToken cancellationToken) =>
        context.FindAsync(request.Capability, cancellationToken: cancellationToken);
}

/// <summary>A volatile agent on the silos that have its label.</summary>
[Agent("hawker", Label = "street", Capabilities = ["shout"])]
internal sealed class HawkerAgent : Agent, IHandle<Offer>
{
    public ValueTask HandleAsync(Offer message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Register(new Registration(message.Capabilities));
        return default;
    }
}
