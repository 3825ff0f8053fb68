using System.Globalization;
using System.Text.Json;
using OrleansAgents.Conversations;
using OrleansAgents.Messaging;
using Spectre.Console;

namespace OrleansAgents.Output;

/// <summary>The conversations that there are, for people and for programs.</summary>
internal static class ConversationListText
{
    public static void Write(CommandOutput output, IReadOnlyList<ConversationEntry> conversations)
    {
        if (output.Json)
        {
            foreach (var conversation in conversations)
            {
                output.Line(JsonSerializer.SerializeToUtf8Bytes(conversation, PayloadJson.Options));
            }
        }
        else if (conversations.Count == 0)
        {
            output.Error("There are no conversations.");
        }
        else
        {
            output.Table(Tabulate(conversations));
        }
    }

    private static Table Tabulate(IReadOnlyList<ConversationEntry> conversations)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var name in (ReadOnlySpan<string>)["started", "conversation", "sender", "recipient", "type"])
        {
            table.AddColumn(new TableColumn(name).NoWrap());
        }

        foreach (var one in conversations)
        {
            table.AddRow(
                new Text(one.Started.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
                new Text(PlainText.Show(one.Conversation)), new Text(PlainText.Show(one.Sender)),
                new Text(PlainText.Show(one.Recipient)), new Text(PlainText.Show(one.Type)));
        }

        return table;
    }
}
