using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>Keeps what one subject spends on models, and refuses what would pass a limit.</summary>
[Agent(BudgetAddress.Kind, Description = "Keeps what an agent, a conversation or an identity spends on models within its limits.")]
internal sealed class BudgetAgent(IOptionsMonitor<SpendingLimitsOptions> options) : Agent<BudgetState>,
    IHandle<BudgetReserve, BudgetReserved>, IHandle<BudgetSettle>, IHandle<BudgetRead, BudgetReading>
{
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(10), LongestWithin = TimeSpan.FromDays(1);

    private DateTimeOffset Now => Turns.Host.Time.GetUtcNow();

    public ValueTask<BudgetReserved> HandleAsync(BudgetReserve request, AgentContext context, CancellationToken cancellationToken)
    {
        Demand(request.Estimate);
        var within = request.Within ?? Within;
        return within <= TimeSpan.Zero || within > LongestWithin
            ? throw new AgentRefusedException(BudgetCodes.BadAmount, $"'within' is above zero and {LongestWithin} at most.")
            : new(Open(State).Reserve(context.Message.Id.Value, context.Sender.ToString(), request.Estimate, within, Now));
    }

    public ValueTask HandleAsync(BudgetSettle message, AgentContext context, CancellationToken cancellationToken)
    {
        Demand(message.Actual);
        Open(State).Settle(message.Reservation, context.Sender.ToString(), message.Actual, Now);
        return default;
    }

    // What a query changes is not committed: the copy keeps it from being seen by the next turn.
    public ValueTask<BudgetReading> HandleAsync(BudgetRead request, AgentContext context, CancellationToken cancellationToken) =>
        new(Open(Copy(State)).Read(Now));

    private static BudgetState Copy(BudgetState state) => new()
    {
        Total = state.Total,
        Limits = state.Limits.ToDictionary(l => l.Key, l => l.Value.ToList(), StringComparer.Ordinal),
        Open = new(state.Open),
        Closed = [.. state.Closed],
    };

    private static void Demand(Spending amount)
    {
        if (amount is { Tokens: < 0 } or { Cost: < 0 } or { Calls: < 0 } or { ToolCalls: < 0 })
        {
            throw new AgentRefusedException(BudgetCodes.BadAmount, "No amount is below zero.");
        }
    }

    private BudgetLedger Open(BudgetState state) => BudgetAddress.TryRead(Id.Key, out var scope, out var subject)
        ? new BudgetLedger(state, options.CurrentValue.FindFor(scope, subject))
        : throw new AgentRefusedException(BudgetCodes.BadSubject, $"{Id} is nobody's budget; write budget/agent:KIND/KEY, budget/conversation:ID or budget/identity:KIND/KEY.");
}
