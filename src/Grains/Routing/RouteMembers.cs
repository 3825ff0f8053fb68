using System.Text.Json;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Routing;

/// <summary>
/// Refuses rules with members that are none. Unknown members of messages are passed over; but a rule whose condition is
/// misspelt would take every message.
/// </summary>
internal static class RouteMembers
{
    private static readonly string[] OfRule = NamesOf(typeof(Route)), OfCondition = NamesOf(typeof(RouteMatch));

    /// <exception cref="AgentRefusedException">A rule has such a member; the sentence names its place.</exception>
    public static void Demand(ReadOnlySpan<byte> change)
    {
        var json = JsonElement.Parse(change);
        if (!json.TryGetProperty("put", out var rules) || rules.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        var place = 0;
        foreach (var rule in rules.EnumerateArray())
        {
            Demand(rule, $"put/{place}", "rule", OfRule);
            if (rule.TryGetProperty("when", out var condition))
            {
                Demand(condition, $"put/{place}/when", "condition", OfCondition);
            }

            place++;
        }
    }

    private static void Demand(JsonElement part, string where, string what, string[] names)
    {
        var unknown = part.ValueKind != JsonValueKind.Object ? null : part.EnumerateObject().Select(m => m.Name).FirstOrDefault(name => !names.Contains(name, StringComparer.Ordinal));
        if (unknown is not null)
        {
            throw new AgentRefusedException(
                RefusalCodes.InvalidPayload, $"'{where}': a {what} has no member '{PlainText.Show(unknown, PlainText.Quoted)}'; it has {string.Join(", ", names)}.");
        }
    }

    private static string[] NamesOf(Type type) => [.. PayloadJson.Options.GetTypeInfo(type).Properties.Select(p => p.Name)];
}
