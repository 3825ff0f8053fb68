using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Security;

namespace OrleansAgents.Intelligence;

/// <summary>The limits of a silo on what agents spend on models. All silos of a cluster should have the same.</summary>
public sealed class SpendingLimitsOptions
{
    /// <summary>The limits by name: a lower-case letter and then lower-case letters, digits or hyphens, 64 at most. None unless told.</summary>
    public IDictionary<string, SpendingLimit> Limits { get; } = new Dictionary<string, SpendingLimit>(StringComparer.Ordinal);

    /// <summary>The limits that hold for a subject, in the order of their names.</summary>
    internal IReadOnlyList<KeyValuePair<string, SpendingLimit>> FindFor(LimitScope scope, string subject) =>
        [.. Limits.Where(limit => limit.Value.HoldsFor(scope, subject)).OrderBy(limit => limit.Key, StringComparer.Ordinal)];

    /// <summary>The budgets that a call must ask: those of its subjects that any limit holds for. Without limits nothing is asked.</summary>
    /// <param name="agent">Who calls the model.</param>
    /// <param name="conversation">In which conversation; null for none.</param>
    /// <param name="identity">On whose behalf; null for nobody's.</param>
    internal IEnumerable<AgentId> FindBudgets(AgentId agent, string? conversation, AgentId? identity)
    {
        (LimitScope Scope, string? Subject)[] subjects =
            [(LimitScope.Agent, agent.ToString()), (LimitScope.Conversation, conversation), (LimitScope.Identity, identity?.ToString())];
        return subjects.Where(s => s.Subject is not null && Limits.Values.Any(limit => limit.HoldsFor(s.Scope, s.Subject)))
            .Select(s => BudgetAddress.For(s.Scope, s.Subject!));
    }
}

/// <summary>How much may be spent within a time.</summary>
public sealed class SpendingLimit
{
    /// <summary>Whose spending counts together. Each agent's by itself unless told.</summary>
    public LimitScope Per { get; set; }

    /// <summary>
    /// Whom it is for: addresses such as <c>writer/anna</c>, <c>writer/*</c>, <c>writer/a*</c>, or <c>*</c> for all, which
    /// holds unless told. A limit per conversation is for all.
    /// </summary>
    public string Of { get; set; } = "*";

    /// <summary>The most tokens, input and output together; null for no limit. 0 or more.</summary>
    public long? Tokens { get; set; }

    /// <summary>The most money, in the currency of the models' prices; null for no limit. 0 or more.</summary>
    public decimal? Cost { get; set; }

    /// <summary>The most calls of models; null for no limit. 0 or more.</summary>
    public long? Calls { get; set; }

    /// <summary>The most calls of tools; null for no limit. 0 or more.</summary>
    public long? ToolCalls { get; set; }

    /// <summary>The time over which it counts: what was spent longer ago is free again. A day unless told; 1 minute to 366 days.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromDays(1);

    internal bool HoldsFor(LimitScope scope, string subject) =>
        scope == Per && (Of == "*" || (AddressPattern.TryParse(Of, out var pattern, out _) && AgentId.TryParse(subject, defaultKind: null, out var address, out _) && pattern.Matches(address)));
}

/// <summary>Finds what is wrong with limits, before the silo starts.</summary>
internal sealed class SpendingLimitsValidation : IValidateOptions<SpendingLimitsOptions>
{
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMinutes(1), LongestWindow = TimeSpan.FromDays(366);

    public ValidateOptionsResult Validate(string? name, SpendingLimitsOptions options) =>
        FindFault(options, "SpendingLimitsOptions.Limits") is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;

    /// <summary>A sentence that names the setting and the remedy; null where nothing is wrong.</summary>
    public static string? FindFault(SpendingLimitsOptions options, string path) =>
        options.Limits.Select(limit => FindFault(limit.Key, limit.Value, path)).FirstOrDefault(fault => fault is not null);

    private static string? FindFault(string name, SpendingLimit limit, string path)
    {
        var at = $"{path}:{name}";
        return limit switch
        {
            _ when !AgentId.IsKind(name) =>
                $"{path} holds a limit named '{name}'; a name is a lower-case letter and then lower-case letters, digits or hyphens, such as daily.",
            _ when !Enum.IsDefined(limit.Per) => $"{at}:Per is no scope; give Agent, Conversation or Identity.",
            { Tokens: null, Cost: null, Calls: null, ToolCalls: null } => $"{at} limits nothing; give at least one of Tokens, Cost, Calls and ToolCalls.",
            { Tokens: < 0 } or { Cost: < 0 } or { Calls: < 0 } or { ToolCalls: < 0 } => $"{at}:Tokens, Cost, Calls and ToolCalls must be 0 or more; leave one out for no limit.",
            _ when limit.Window < ShortestWindow || limit.Window > LongestWindow => $"{at}:Window is {limit.Window}; give a time from 00:01:00 to 366.00:00:00, such as 1.00:00:00.",
            _ when limit.Of != "*" && limit.Per == LimitScope.Conversation => $"{at}:Of is '{limit.Of}', and a limit per conversation is for all; leave it out.",
            _ when !AddressPattern.TryParse(limit.Of, out _, out var fault) => $"{at}:Of: {fault}",
            _ => null,
        };
    }
}
