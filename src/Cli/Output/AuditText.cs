using System.Globalization;
using OrleansAgents.Audit;
using OrleansAgents.Messaging;
using Spectre.Console;

namespace OrleansAgents.Output;

/// <summary>Audit logs and what verifying them found, for people and for programs.</summary>
internal static class AuditText
{
    public static void Write(CommandOutput output, IReadOnlyList<AuditEntry> entries)
    {
        if (output.Json)
        {
            foreach (var entry in entries)
            {
                output.Line(AuditJson.ToBytes(entry));
            }
        }
        else if (entries.Count == 0)
        {
            output.Error("There are no entries.");
        }
        else
        {
            output.Table(Tabulate(entries));
        }
    }

    /// <summary>What became of a chain; what is wrong with it goes to standard error, too.</summary>
    public static void Write(CommandOutput output, AuditChain chain)
    {
        if (output.Json)
        {
            WriteObject(output, chain);
        }
        else if (chain.Fault is null)
        {
            output.Line($"agent    {chain.Agent ?? "not said"}");
            output.Line($"entries  {chain.Entries}, from 1 to {chain.Entries}");
            output.Line($"time     {chain.From} to {chain.To}");
            output.Line($"head     {chain.Head}");
            if (chain.HeadSequence < chain.Entries)
            {
                output.Line($"behind   {chain.Entries - chain.HeadSequence} entries since the head that was given, which is entry {chain.HeadSequence}");
            }
        }

        if (chain.Fault is { } fault)
        {
            output.Error($"{fault.Kind} at {fault.Sequence}: {fault.Message}");
        }
    }

    private static void WriteObject(CommandOutput output, AuditChain chain) => output.Object(json =>
    {
        json.WriteBoolean("valid", chain.Fault is null);
        if (chain.Agent is { } agent)
        {
            json.WriteString("agent", agent);
        }

        json.WriteNumber("entries", chain.Entries);
        json.WriteNumber("first", Math.Min(1, chain.Entries));
        json.WriteNumber("last", chain.Entries);
        if (chain.Entries > 0)
        {
            json.WriteString("from", chain.From);
            json.WriteString("to", chain.To);
            json.WriteString("head", chain.Head);
        }

        if (chain.Fault is { } fault)
        {
            json.WriteString("fault", fault.Kind);
            json.WriteNumber("sequence", fault.Sequence);
            json.WriteString("message", fault.Message);
        }
    });

    private static Table Tabulate(IReadOnlyList<AuditEntry> entries)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var name in (ReadOnlySpan<string>)["entry", "at", "sender", "type", "outcome", "message"])
        {
            table.AddColumn(new TableColumn(name).NoWrap());
        }

        foreach (var entry in entries)
        {
            table.AddRow(
                new Text(entry.Sequence.ToString(CultureInfo.InvariantCulture)),
                new Text(entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
                new Text(PlainText.Show(entry.Sender ?? $"{entry.Count} more")),
                new Text(PlainText.Show(entry.Type is { } type ? $"{type} v{entry.Version}" : "")),
                new Text(PlainText.Show(AuditJson.Name(entry.Outcome) + (entry.Code is { } code ? $": {code}" : ""))),
                new Text(entry.Id?.ToString() ?? ""));
        }

        return table;
    }
}
