using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Messaging;

[Contract("test.order")]
internal sealed record Order(string Dish) : IRequest<Served>;

internal sealed record Served(string Dish, int Place);

/// <summary>Serves the oldest order, or turns it away.</summary>
[Contract("test.serve")]
internal sealed record Serve(bool Refuse = false) : IRequest<int>;

[Contract("test.read-orders")]
internal sealed record ReadOrders : IQuery<Orders>;

internal sealed record Orders(IReadOnlyList<string> Open, int Served, IReadOnlyList<string> Over);

internal sealed class CookState
{
    public IList<string> Dishes { get; set; } = [];

    public IList<Guid> Ids { get; set; } = [];

    public int Served { get; set; }

    public IList<string> Over { get; set; } = [];
}

/// <summary>Takes orders, and answers them when it is told to serve.</summary>
[Agent("cook")]
internal sealed class CookAgent : Agent<CookState>, IHandle<Order, Served>, IHandle<Serve, int>, IHandle<AskOver>, IHandle<ReadOrders, Orders>
{
    public ValueTask<Served> HandleAsync(Order request, AgentContext context, CancellationToken cancellationToken)
    {
        context.AnswerLater();
        State.Ids.Add(context.Message.Id.Value);
        State.Dishes.Add(request.Dish);
        return request.Dish == "burnt" ? throw new InvalidOperationException("It burnt.") : new(new Served("nothing", 0));
    }

    public ValueTask<int> HandleAsync(Serve request, AgentContext context, CancellationToken cancellationToken)
    {
        if (State.Ids.Count == 0)
        {
            return new(0);
        }

        var id = new MessageId(State.Ids[0]);
        if (request.Refuse)
        {
            context.Refuse(id, new Refusal("test.sold-out", "There is none left."));
        }
        else
        {
            context.Answer(id, new Served(State.Dishes[0], ++State.Served));
        }

        State.Ids.RemoveAt(0);
        State.Dishes.RemoveAt(0);
        return new(State.Ids.Count + 1);
    }

    public ValueTask HandleAsync(AskOver message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Over.Add(message.Code);
        var place = State.Ids.IndexOf(message.Message);
        if (place >= 0)
        {
            State.Ids.RemoveAt(place);
            State.Dishes.RemoveAt(place);
        }

        return default;
    }

    public ValueTask<Orders> HandleAsync(ReadOrders request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Orders([.. State.Dishes], State.Served, [.. State.Over]));
}

/// <summary>The same without a memory; and one that forgot what it has to handle.</summary>
[Agent("stall")]
internal sealed class StallAgent : Agent, IHandle<Order, Served>, IHandle<Serve, int>, IHandle<AskOver>, IHandle<ReadOrders, Orders>
{
    private readonly Queue<(MessageId Id, string Dish)> _open = new();
    private readonly List<string> _over = [];
    private int _served;

    public ValueTask<Served> HandleAsync(Order request, AgentContext context, CancellationToken cancellationToken)
    {
        context.AnswerLater();
        _open.Enqueue((context.Message.Id, request.Dish));
        return new(new Served("nothing", 0));
    }

    public ValueTask<int> HandleAsync(Serve request, AgentContext context, CancellationToken cancellationToken)
    {
        var (id, dish) = _open.Dequeue();
        context.Answer(id, new Served(dish, ++_served));
        return new(_served);
    }

    public ValueTask HandleAsync(AskOver message, AgentContext context, CancellationToken cancellationToken)
    {
        _over.Add(message.Code);
        return default;
    }

    public ValueTask<Orders> HandleAsync(ReadOrders request, AgentContext context, CancellationToken cancellationToken) =>
        new(new Orders([.. _open.Select(o => o.Dish)], _served, [.. _over]));
}

[Agent("promiser")]
internal sealed class PromiserAgent : Agent, IHandle<Order, Served>
{
    public ValueTask<Served> HandleAsync(Order request, AgentContext context, CancellationToken cancellationToken)
    {
        context.AnswerLater();
        return default;
    }
}

/// <summary>Passes an order on as a tell, which has no deadline.</summary>
[Agent("waiter")]
internal sealed class WaiterAgent : Agent<CookState>, IHandle<Order, Served>
{
    public ValueTask<Served> HandleAsync(Order request, AgentContext context, CancellationToken cancellationToken)
    {
        context.Tell("cook/told", request);
        return new(new Served("passed on", 0));
    }
}
