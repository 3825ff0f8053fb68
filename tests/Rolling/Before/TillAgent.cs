using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Rolling;

[Contract("till.pay", 1)]
internal sealed record Pay(long Amount) : IRequest<Paid>;

[Contract("till.read", 1)]
internal sealed record ReadTill : IQuery<Paid>;

internal sealed record Paid(long Sum);

internal sealed class TillState
{
    public long Sum { get; set; }
}

/// <summary>The kind before its upgrade.</summary>
[Agent("till")]
internal sealed class TillAgent : Agent<TillState>, IHandle<Pay, Paid>, IHandle<ReadTill, Paid>
{
    public ValueTask<Paid> HandleAsync(Pay request, AgentContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new Paid(State.Sum += request.Amount));

    public ValueTask<Paid> HandleAsync(ReadTill request, AgentContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new Paid(State.Sum));
}
