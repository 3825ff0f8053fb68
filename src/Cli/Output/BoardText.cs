using System.Text;
using System.Text.Json;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;

namespace OrleansAgents.Output;

/// <summary>Boards on lines of their own: the document alone for people, with all that is known of it for programs.</summary>
internal static class BoardText
{
    public static void Write(CommandOutput output, long version, JsonElement document, BlackboardDiff? diff)
    {
        if (!output.Json)
        {
            output.Line(Encoding.UTF8.GetBytes(document.GetRawText()));
            return;
        }

        output.Object(json =>
        {
            json.WriteNumber("version", version);
            json.WritePropertyName("document");
            document.WriteTo(json);
            if (diff is not null)
            {
                json.WritePropertyName("diff");
                json.WriteRawValue(ToBytes(diff));
            }
        });
    }

    public static byte[] ToBytes(BlackboardDiff diff) => PayloadJson.Write(diff);
}
