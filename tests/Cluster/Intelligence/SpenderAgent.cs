using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OrleansAgents.Agents;
using OrleansAgents.Intelligence;
using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Intelligence;

[Contract("test.spend")]
public sealed record Spend(string On, long Tokens);

[Contract("test.think")]
public sealed record Think(string About) : IQuery<string>;

/// <summary>Spends on a budget: it sets something aside, and settles what came of it, a turn each.</summary>
[Agent("spender")]
public sealed class SpenderAgent([FromKeyedServices("default")] IChatClient model) : Agent<SpenderState>, IHandle<Spend>, IHandle<Answers>, IHandle<Think, string>
{
    public ValueTask HandleAsync(Spend message, AgentContext context, CancellationToken cancellationToken)
    {
        State.Budget = message.On;
        context.Ask(AgentId.Parse(message.On), new BudgetReserve(new Spending(Tokens: message.Tokens, Calls: 1)));
        return default;
    }

    public ValueTask HandleAsync(Answers message, AgentContext context, CancellationToken cancellationToken)
    {
        if (message.Single.IsGiven)
        {
            context.Tell(AgentId.Parse(State.Budget), new BudgetSettle(message.Single.Read<BudgetReserved>().Reservation, new Spending(Tokens: 3, Calls: 1)));
        }

        return default;
    }

    public async ValueTask<string> HandleAsync(Think request, AgentContext context, CancellationToken cancellationToken) =>
        (await model.GetResponseAsync(request.About, cancellationToken: cancellationToken)).Text;
}

public sealed class SpenderState
{
    public string Budget { get; set; } = "";
}
