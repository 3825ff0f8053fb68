using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Rolling;

[Contract("till.pay", 1)]
internal sealed record Pay(long Amount) : IRequest<Paid>;

/// <summary>The tip is new, and what comes without one has none.</summary>
[Contract("till.pay", 2)]
internal sealed record PayWithTip(long Amount, long Tip) : IRequest<Paid>, IUpcastFrom<Pay, PayWithTip>
{
    public static PayWithTip Upcast(Pay old) => new(old.Amount, Tip: 0);
}

[Contract("till.read", 1)]
internal sealed record ReadTill : IQuery<Paid>;

internal sealed record Paid(long Sum);

internal sealed class TillState
{
    public long Sum { get; set; }
}

/// <summary>The kind behind its upgrade: it takes both versions.</summary>
[Agent("till")]
internal sealed class TillAgent : Agent<TillState>, IHandle<PayWithTip, Paid>, IHandle<ReadTill, Paid>
{
    public ValueTask<Paid> HandleAsync(PayWithTip request, AgentContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new Paid(State.Sum += request.Amount + request.Tip));

    public ValueTask<Paid> HandleAsync(ReadTill request, AgentContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new Paid(State.Sum));
}
