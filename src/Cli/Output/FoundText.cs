using System.Text.Json;
using OrleansAgents.Directory;
using OrleansAgents.Messaging;
using Spectre.Console;

namespace OrleansAgents.Output;

/// <summary>What a search of the directory found, for people and for programs. A kind stands for all its agents: <c>pricer/*</c>.</summary>
internal static class FoundText
{
    public static void Write(CommandOutput output, FoundAgents found)
    {
        if (output.Json)
        {
            WriteObjects(output, found);
        }
        else if (found.Kinds.Count + found.Agents.Count == 0)
        {
            output.Error("No agent was found.");
        }
        else
        {
            output.Table(Tabulate(found));
        }

        WriteRest(output, found.Total - found.Agents.Count, found.Missing);
    }

    /// <summary>What is not shown, and who did not answer.</summary>
    public static void WriteRest(CommandOutput output, int more, IReadOnlyList<Unanswered> missing)
    {
        if (more > 0)
        {
            output.Error($"{more} more are not shown; --limit says how many are.");
        }

        foreach (var unanswered in missing)
        {
            output.Error($"{unanswered.Agent} did not answer ({unanswered.Code}); what it knows is missing here.");
        }
    }

    private static void WriteObjects(CommandOutput output, FoundAgents found)
    {
        foreach (var kind in found.Kinds)
        {
            output.Object(json => WriteMembers(json, agent: null, kind.Kind, kind.Capabilities, kind.Tags, kind.Description));
        }

        foreach (var agent in found.Agents)
        {
            output.Object(json => WriteMembers(json, agent.Agent, agent.Kind, agent.Capabilities, agent.Tags, agent.Description));
        }
    }

    private static void WriteMembers(
        Utf8JsonWriter json, string? agent, string kind, IReadOnlyList<string> capabilities, IReadOnlyList<string> tags, string? description)
    {
        json.WriteString("agent", agent);
        json.WriteString("kind", kind);
        KindText.WriteNames(json, "capabilities", capabilities);
        KindText.WriteNames(json, "tags", tags);
        json.WriteString("description", description);
    }

    private static Table Tabulate(FoundAgents found)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("agent").NoWrap());
        foreach (var name in (ReadOnlySpan<string>)["capabilities", "tags", "description"])
        {
            table.AddColumn(name);
        }

        foreach (var kind in found.Kinds)
        {
            Add(table, kind.Kind + "/*", kind.Capabilities, kind.Tags, kind.Description);
        }

        foreach (var agent in found.Agents)
        {
            Add(table, agent.Agent, agent.Capabilities, agent.Tags, agent.Description);
        }

        return table;
    }

    private static void Add(Table table, string agent, IReadOnlyList<string> capabilities, IReadOnlyList<string> tags, string? description) => table.AddRow(
        new Text(PlainText.Show(agent)), new Text(PlainText.Show(string.Join(", ", capabilities))), new Text(PlainText.Show(string.Join(", ", tags))),
        new Text(PlainText.Show(description ?? "")));
}
