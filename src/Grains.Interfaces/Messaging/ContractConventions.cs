using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace OrleansAgents.Messaging;

/// <summary>
/// What the end of a contract's name promises of its payload, so that whoever reads an intent or a diff need not know
/// whose it is.
/// </summary>
internal static class ContractConventions
{
    private const string Intent = "intent", Diff = "diff";

    private static readonly FrozenSet<Type> WholeNumbers =
        new[] { typeof(int), typeof(long), typeof(uint), typeof(ulong), typeof(short), typeof(ushort), typeof(byte) }.ToFrozenSet();

    /// <summary>Why the record of a contract breaks the convention of its name; null where it keeps it, or its name promises nothing.</summary>
    public static string? FindFault(string name, Type record) =>
        EndsWith(name, Intent) ? FindIntentFault(record)
        : EndsWith(name, Diff) ? FindDiffFault(record)
        : typeof(IIntent).IsAssignableFrom(record) ? $"it is an {nameof(IIntent)}; let its name end with .{Intent}."
        : typeof(IStateDiff).IsAssignableFrom(record) ? $"it is an {nameof(IStateDiff)}; let its name end with .{Diff}."
        : null;

    private static bool EndsWith(string name, string segment) =>
        name.EndsWith(segment, StringComparison.Ordinal) && (name.Length == segment.Length || name[^(segment.Length + 1)] == '.');

    private static string? FindIntentFault(Type record) => Find(record, "goal") is null
        ? $"the payload of an intent has the member 'goal'; add it, or let the name not end with .{Intent}."
        : null;

    private static string? FindDiffFault(Type record)
    {
        foreach (var number in (ReadOnlySpan<string>)["base", "version"])
        {
            if (Find(record, number) is not { } type || !WholeNumbers.Contains(Nullable.GetUnderlyingType(type) ?? type))
            {
                return $"the payload of a diff has the member '{number}', a whole number; add it, or let the name not end with .{Diff}.";
            }
        }

        return Find(record, "patch") is { } patch && IsArray(patch)
            ? null
            : $"the payload of a diff has the member 'patch', an array of RFC 6902's operations; add it, or let the name not end with .{Diff}.";
    }

    private static bool IsArray(Type type) =>
        type == typeof(JsonElement) || type == typeof(JsonNode) || type == typeof(JsonArray)
        || PayloadJson.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Enumerable;

    private static Type? Find(Type record, string member) =>
        PayloadJson.Options.GetTypeInfo(record).Properties.FirstOrDefault(p => p.Name == member)?.PropertyType;
}
