using System.Collections.Frozen;
using Microsoft.Extensions.AI;

namespace OrleansAgents.Intelligence;

/// <summary>Marks tools whose calls a person must agree to. The mark is one of the tool's additional properties.</summary>
public static class ToolApproval
{
    /// <summary>The property's name; its value is true.</summary>
    public const string Property = "agents.needs-approval";

    internal static readonly IReadOnlyDictionary<string, object?> Needed =
        new Dictionary<string, object?>(StringComparer.Ordinal) { [Property] = true }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a person must agree to each call of a tool.</summary>
    public static bool IsNeeded(AITool tool) => tool.AdditionalProperties.TryGetValue(Property, out var needed) && needed is true;
}
