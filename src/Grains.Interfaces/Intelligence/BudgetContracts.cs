using OrleansAgents.Messaging;

namespace OrleansAgents.Intelligence;

/// <summary>What is spent on models: in whole, by one call, or at most.</summary>
/// <param name="Tokens">Input and output tokens together.</param>
/// <param name="Cost">Money, in the currency of the models' prices.</param>
/// <param name="Calls">Calls of models.</param>
/// <param name="ToolCalls">Calls of tools.</param>
public sealed record Spending(long Tokens = 0, decimal Cost = 0, long Calls = 0, long ToolCalls = 0)
{
    /// <summary>Nothing.</summary>
    public static Spending None { get; } = new();

    /// <summary>Both together.</summary>
    public static Spending operator +(Spending one, Spending other) =>
        new(one.Tokens + other.Tokens, one.Cost + other.Cost, one.Calls + other.Calls, one.ToolCalls + other.ToolCalls);

    /// <summary>What is left when the other is taken away; it may be below zero.</summary>
    public static Spending operator -(Spending one, Spending other) =>
        new(one.Tokens - other.Tokens, one.Cost - other.Cost, one.Calls - other.Calls, one.ToolCalls - other.ToolCalls);
}

/// <summary>
/// Sets something aside before it is spent. Refused as <see cref="BudgetCodes.OverBudget"/> where a limit would be passed;
/// the refusal names each such limit, and says when there is room if ever. Told again under the same message id it sets
/// nothing more aside. What is not settled in time counts as spent.
/// </summary>
/// <param name="Estimate">How much, as far as can be told before; no part below zero.</param>
/// <param name="Within">After what time it counts as spent; null for 10 minutes. Above zero, a day at most.</param>
[Contract("budget.reserve")]
public sealed record BudgetReserve(Spending Estimate, TimeSpan? Within = null) : IRequest<BudgetReserved>;

/// <summary>Something was set aside.</summary>
/// <param name="Reservation">What to settle it by: the id of the message that asked.</param>
/// <param name="ExpiresAt">When it counts as spent, unless it is settled.</param>
public sealed record BudgetReserved(Guid Reservation, DateTimeOffset ExpiresAt);

/// <summary>
/// Says what was spent of what was set aside, which may be more or less, and nothing. Only whoever set it aside may. Told
/// again it changes nothing. Behind its expiry it corrects what was counted, for as long as the budget knows of it.
/// </summary>
/// <param name="Reservation">What <see cref="BudgetReserved"/> said.</param>
/// <param name="Actual">What was spent; no part below zero.</param>
[Contract("budget.settle")]
public sealed record BudgetSettle(Guid Reservation, Spending Actual);

/// <summary>Reads what is spent and what is left.</summary>
[Contract("budget.read")]
public sealed record BudgetRead : IQuery<BudgetReading>;

/// <summary>What is spent and what is left.</summary>
/// <param name="Total">What was ever spent, expired reservations included.</param>
/// <param name="Reserved">What is set aside now.</param>
/// <param name="Limits">The limits that hold here; empty for none.</param>
public sealed record BudgetReading(Spending Total, Spending Reserved, IReadOnlyList<LimitReading> Limits);

/// <summary>How a limit stands.</summary>
/// <param name="Name">The limit's name.</param>
/// <param name="Window">The time over which it counts.</param>
/// <param name="Spent">What was spent within the window.</param>
/// <param name="MaxTokens">The most tokens; null for no limit.</param>
/// <param name="MaxCost">The most money; null for no limit.</param>
/// <param name="MaxCalls">The most calls of models; null for no limit.</param>
/// <param name="MaxToolCalls">The most calls of tools; null for no limit.</param>
public sealed record LimitReading(
    string Name, TimeSpan Window, Spending Spent, long? MaxTokens, decimal? MaxCost, long? MaxCalls, long? MaxToolCalls);

/// <summary>The codes with which budgets refuse.</summary>
public static class BudgetCodes
{
    /// <summary>A limit would be passed.</summary>
    public const string OverBudget = "over-budget";

    /// <summary>An amount is below zero, or a time is out of range.</summary>
    public const string BadAmount = "budget.bad-amount";

    /// <summary>The reservation is not known, or is forgotten.</summary>
    public const string Unknown = "budget.unknown";

    /// <summary>The agent's key names no subject of a budget.</summary>
    public const string BadSubject = "budget.bad-subject";
}
