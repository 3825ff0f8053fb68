using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Routing;

[Contract("test.pay")]
public sealed record Pay(string Name, int Amount) : IRequest<Paid>;

public sealed record Paid(string Till, int Sum, IReadOnlyList<string> Hops, string Sender);

[Contract("test.read-till")]
public sealed record ReadTill : IQuery<TillSum>;

public sealed record TillSum(int Sum, IReadOnlyList<string> Names);

[Contract("test.shop")]
public sealed record Shop(string Router, string Name, int Amount);

public sealed class TillState
{
    public int Sum { get; set; }

    public IList<string> Names { get; set; } = [];
}

/// <summary>Takes money, and says on which way it came.</summary>
[Agent("till")]
public sealed class TillAgent : Agent<TillState>, IHandle<Pay, Paid>, IHandle<ReadTill, TillSum>
{
    private static readonly SemaphoreSlim Waiting = new(0);

    public static Task WaitingAsync(CancellationToken cancellationToken) => Waiting.WaitAsync(cancellationToken);

    public async ValueTask<Paid> HandleAsync(Pay request, AgentContext context, CancellationToken cancellationToken)
    {
        if (request.Amount < 0)
        {
            throw new AgentRefusedException("till.negative", "It takes no debts.");
        }

        if (Id.Key == "fails")
        {
            throw new InvalidOperationException("It is out of order.");
        }

        if (Id.Key is "waits" or "stays")
        {
            if (Id.Key == "waits")
            {
                Waiting.Release();
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        State.Sum += request.Amount;
        State.Names.Add(request.Name);
        return new Paid(Id.ToString(), State.Sum, [.. (context.Message.Extras?.Hops ?? []).Select(h => h.ToString())], context.Sender.ToString());
    }

    public ValueTask<TillSum> HandleAsync(ReadTill request, AgentContext context, CancellationToken cancellationToken) =>
        new(new TillSum(State.Sum, [.. State.Names]));
}

/// <summary>Tells a router.</summary>
[Agent("shopper")]
public sealed class ShopperAgent : Agent<TillState>, IHandle<Shop>
{
    public ValueTask HandleAsync(Shop message, AgentContext context, CancellationToken cancellationToken)
    {
        context.Tell(AgentId.Parse(message.Router), new Pay(message.Name, message.Amount));
        return default;
    }
}
