using OrleansAgents.Intelligence;

namespace OrleansAgents.Configuration;

/// <summary>Reads <c>Agents:Limits</c>: how much may be spent on models.</summary>
internal static class LimitSettings
{
    /// <summary>The section below that of the silo.</summary>
    public const string Name = "Limits";

    private static readonly string[] Members =
    [
        nameof(SpendingLimit.Per), nameof(SpendingLimit.Of), nameof(SpendingLimit.Tokens), nameof(SpendingLimit.Cost),
        nameof(SpendingLimit.Calls), nameof(SpendingLimit.ToolCalls), nameof(SpendingLimit.Window),
    ];

    /// <exception cref="SettingsException">A setting is unknown or invalid.</exception>
    public static SpendingLimitsOptions Read(IConfigurationSection agents)
    {
        var limits = new SpendingLimitsOptions();
        var section = agents.GetSection(Name);
        foreach (var limit in section.GetChildren())
        {
            limits.Limits[limit.Key.ToLowerInvariant()] = ReadLimit(limit);
        }

        return SpendingLimitsValidation.FindFault(limits, section.Path) is { } fault ? throw new SettingsException(fault) : limits;
    }

    private static SpendingLimit ReadLimit(IConfigurationSection section)
    {
        section.RefuseUnknown(Members);
        var limit = new SpendingLimit { Of = section[nameof(SpendingLimit.Of)] ?? "*" };
        section.ReadValue<LimitScope>(nameof(SpendingLimit.Per), "Agent, Conversation or Identity", SettingReader.TryReadEnum, v => limit.Per = v);
        section.ReadValue<long>(nameof(SpendingLimit.Tokens), "a whole number, 0 or more", long.TryParse, v => limit.Tokens = v);
        section.ReadValue<decimal>(nameof(SpendingLimit.Cost), "a number, 0 or more, such as 2.50", SettingReader.TryReadDecimal, v => limit.Cost = v);
        section.ReadValue<long>(nameof(SpendingLimit.Calls), "a whole number, 0 or more", long.TryParse, v => limit.Calls = v);
        section.ReadValue<long>(nameof(SpendingLimit.ToolCalls), "a whole number, 0 or more", long.TryParse, v => limit.ToolCalls = v);
        section.ReadValue<TimeSpan>(nameof(SpendingLimit.Window), "a time such as 1.00:00:00", SettingReader.TryReadTime, v => limit.Window = v);
        return limit;
    }
}
