using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace OrleansAgents.Messaging;

/// <summary>
/// The names that a contract gives to members. Only those may stand in what a sender or a log is told: any other is the
/// sender's, and may be a secret as much as a value. It is shown by its place, <c>#2</c> for an object's second member.
/// </summary>
internal static class ContractNames
{
    private static readonly ConcurrentDictionary<Contract, FrozenSet<string>> Known = new();

    /// <summary>A step of a JSON pointer.</summary>
    /// <param name="contract">The contract; null for one that is not known here.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="place">Its place in its object, from 1.</param>
    public static string Step(Contract? contract, string name, int place) =>
        Has(contract, name) ? FieldReader.Escape(name) : Place(place);

    public static string Place(int place) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"#{place}");

    public static bool Has(Contract? contract, string name) =>
        contract?.MessageType is not null && Known.GetOrAdd(contract, static c => Find(c)).Contains(name);

    private static FrozenSet<string> Find(Contract contract)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            Collect(ContractSchema.Payload(contract), names);
        }
        catch (InvalidOperationException)
        {
            // A silo with such a contract does not start; elsewhere all its members are shown by their places.
        }

        return names.ToFrozenSet(StringComparer.Ordinal);
    }

    private static void Collect(JsonNode? schema, HashSet<string> names)
    {
        foreach (var (keyword, content) in schema as JsonObject ?? [])
        {
            if (keyword == "properties" && content is JsonObject members)
            {
                names.UnionWith(members.Select(m => m.Key));
            }

            Collect(content, names);
        }

        foreach (var item in schema as JsonArray ?? [])
        {
            Collect(item, names);
        }
    }
}
