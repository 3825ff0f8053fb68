using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansAgents.Runs;

/// <summary>
/// What the maker of a message says of it beside what it says with it. Programs elsewhere do so by A2A; agents that talk get
/// it with <c>chat.say</c> and <c>run.said</c>, and handlers of other contracts by their turn's context.
/// </summary>
public sealed record Remarks
{
    /// <summary>The header in which handlers get it whose payload has no room for it, as JSON.</summary>
    internal const string Header = "remarks";

    internal const int MostEntries = 32, LongestEntry = 1024;

    /// <summary>What it says in the form that the two have agreed on, a JSON object; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Metadata { get; init; }

    /// <summary>The extensions of the protocol that the message makes use of, by their URI; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Extensions { get; init; }

    /// <summary>Other runs that it speaks of, by their ids there; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? References { get; init; }

    /// <summary>The extensions that are in force between the two, by their URI; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Active { get; init; }

    /// <summary>The media types that its maker can do something with in an answer, such as <c>text/*</c>; null for any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Accepts { get; init; }

    /// <summary>What is wrong with it, and with which of its members; null for nothing.</summary>
    internal (string Member, string Fault)? FindFault() =>
        Metadata is { ValueKind: not JsonValueKind.Object } ? (nameof(Metadata), "It is no JSON object.")
        : Part.FindFault(Metadata) is { } fault ? (nameof(Metadata), fault)
        : FindFault(nameof(Extensions), Extensions) ?? FindFault(nameof(References), References) ?? FindFault(nameof(Active), Active) ?? FindFault(nameof(Accepts), Accepts);

    private static (string Member, string Fault)? FindFault(string member, IReadOnlyList<string>? entries)
    {
        if (entries is null)
        {
            return null;
        }

        if (entries.Count > MostEntries)
        {
            return (member, $"It has {MostEntries} entries at most.");
        }

        foreach (var entry in entries)
        {
            if (string.IsNullOrEmpty(entry) || Encoding.UTF8.GetByteCount(entry) > LongestEntry)
            {
                return (member, $"An entry has 1 byte at least, and {LongestEntry} at most.");
            }
        }

        return null;
    }
}
