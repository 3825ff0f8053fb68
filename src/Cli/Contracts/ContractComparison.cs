using System.Text.Json.Nodes;
using OrleansAgents.Messaging;

namespace OrleansAgents.Contracts;

/// <summary>Compares two lists of contracts: what do programs meet that know only the old one?</summary>
internal static class ContractComparison
{
    private const string Payload = "/payload", Reply = "/reply";

    public static IReadOnlyList<ContractChange> Compare(IReadOnlyList<ContractEntry> old, IReadOnlyList<ContractEntry> today)
    {
        var changes = new List<ContractChange>();
        foreach (var was in old)
        {
            var next = Math.Max(was.Version, today.Where(c => c.Type == was.Type).Select(c => c.Version).DefaultIfEmpty().Max()) + 1;
            if (today.FirstOrDefault(c => c.Type == was.Type && c.Version == was.Version) is { } now)
            {
                Compare(was, now, next, changes);
            }
            else
            {
                changes.Add(new ContractChange(
                    true, was.Name, "", "removed", today.Any(c => c.Type == was.Type) ? "The version was removed." : "The contract was removed.",
                    "Bring its record back, and let a newer version be made from it (IUpcastFrom), until nobody sends it any more."));
            }
        }

        changes.AddRange(today.Where(now => !old.Any(was => was.Type == now.Type && was.Version == now.Version))
            .Select(now => new ContractChange(false, now.Name, "", "added", "It is new.", Remedy: null)));
        return [.. changes.OrderByDescending(c => c.IsBreaking)];
    }

    private static void Compare(ContractEntry was, ContractEntry now, int next, List<ContractChange> changes)
    {
        var remedy = $"Leave version {was.Version} as it was, and make version {next} a record of its own that is made from it (IUpcastFrom).";
        if (was.Query != now.Query)
        {
            changes.Add(was.Query
                ? new ContractChange(true, was.Name, "", "query", "It was a query and is a command: repeats of it now have an effect each.", remedy)
                : new ContractChange(false, was.Name, "", "query", "It was a command and is a query.", Remedy: null));
        }

        foreach (var difference in SchemaComparison.Compare(sent: was.Payload, read: now.Payload, Payload))
        {
            var isBreaking = difference is { IsNarrower: true, Rule: not SchemaComparison.Absent };
            changes.Add(new ContractChange(isBreaking, was.Name, difference.Pointer, Name(difference), Tell(difference, difference.Sent, difference.Read), isBreaking ? remedy : null));
        }

        if (was.Reply is null != now.Reply is null)
        {
            changes.Add(new ContractChange(true, was.Name, Reply, "reply", was.Reply is null ? "It had no reply and has one." : "It had a reply and has none.", remedy));
        }
        else if (was.Reply is not null)
        {
            foreach (var difference in SchemaComparison.Compare(sent: now.Reply!, read: was.Reply, Reply))
            {
                changes.Add(new ContractChange(
                    difference.IsNarrower, was.Name, difference.Pointer, Name(difference), Tell(difference, difference.Read, difference.Sent), difference.IsNarrower ? remedy : null));
            }
        }
    }

    private static string Name(SchemaDifference difference) => difference.Rule == SchemaComparison.Absent ? "properties" : difference.Rule;

    private static string Tell(SchemaDifference difference, JsonNode? was, JsonNode? now) => (difference.Rule, was, now) switch
    {
        (SchemaComparison.Absent, null, _) => "The member was added.",
        (SchemaComparison.Absent, _, null) => "The member was removed.",
        ("required", null, _) => "It is required now, and was not.",
        ("required", _, null) => "It was required, and may be absent now.",
        ("type", _, _) when HasNull(was) != HasNull(now) => HasNull(now) ? $"It may be null now: the type was {Text(was)} and is {Text(now)}." : $"It may no longer be null: the type was {Text(was)} and is {Text(now)}.",
        var (rule, _, _) => $"The rule '{rule}' was {Text(was)} and is {Text(now)}.",
    };

    private static bool HasNull(JsonNode? types) => types is JsonArray several && several.Any(t => (string?)t == "null");

    private static string Text(JsonNode? value) => value switch
    {
        null => "not there",
        JsonArray values => string.Join(", ", values.Select(v => v is null ? "null" : v is JsonValue ? v.ToString() : v.ToJsonString())),
        JsonValue one => one.ToString(),
        _ => "a schema",
    };
}
