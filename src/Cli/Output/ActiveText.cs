using OrleansAgents.Directory;
using OrleansAgents.Messaging;
using Spectre.Console;

namespace OrleansAgents.Output;

/// <summary>Which agents are active and where, for people and for programs.</summary>
internal static class ActiveText
{
    public static void Write(CommandOutput output, ActiveAgents found)
    {
        if (output.Json)
        {
            foreach (var agent in found.Agents)
            {
                output.Object(json =>
                {
                    json.WriteString("agent", agent.Agent);
                    json.WriteString("silo", agent.Silo);
                });
            }
        }
        else if (found.Agents.Count == 0)
        {
            output.Error("No agent is active.");
        }
        else
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("agent").NoWrap()).AddColumn(new TableColumn("silo").NoWrap());
            foreach (var agent in found.Agents)
            {
                table.AddRow(new Text(PlainText.Show(agent.Agent)), new Text(PlainText.Show(agent.Silo)));
            }

            output.Table(table);
        }

        FoundText.WriteRest(output, found.Total - found.Agents.Count, found.Missing);
    }
}
