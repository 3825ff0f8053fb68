using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansAgents.Messaging;

namespace OrleansAgents.Mcp;

/// <summary>Makes results of what became of a call: for programs by the tool's schema, for models as text.</summary>
internal static class McpResults
{
    /// <summary>What an agent answered.</summary>
    public static CallToolResult Of(McpTool tool, MessageId id, Reply reply)
    {
        if (reply.Refusal is { } refusal)
        {
            return Refuse(refusal, id);
        }

        var result = new CallToolResult { Meta = Describe(id, ReceiptJson.Name(reply.Outcome)) };
        if (reply.ToJson() is not { } bytes || tool.Output.Form == McpOutputForm.Nothing)
        {
            result.Content.Add(new TextContentBlock { Text = "Done." });
            return result;
        }

        var answer = JsonElement.Parse(bytes);
        result.Content.Add(new TextContentBlock { Text = answer.GetRawText() });
        result.StructuredContent = tool.Output.Form == McpOutputForm.Reply ? answer : Write(new JsonObject { ["result"] = ToNode(answer) });
        return result;
    }

    /// <summary>Why there is no answer, in words that whoever called can do something about.</summary>
    public static CallToolResult Refuse(Refusal refusal, MessageId? id = null)
    {
        var result = new CallToolResult { IsError = true, Meta = Describe(id, outcome: null) };
        result.Meta[McpMeta.Code] = refusal.Code;
        var wait = refusal.RetryAfterMs is { } ms ? $" Try again after {ms} ms." : "";
        result.Content.Add(new TextContentBlock { Text = $"{refusal.Code}: {refusal.Message}{wait}" });
        return result;
    }

    public static JsonObject Describe(MessageId? id, string? outcome)
    {
        var meta = new JsonObject();
        if (id is { } known)
        {
            meta[McpMeta.MessageId] = known.ToString();
        }

        if (outcome is not null)
        {
            meta[McpMeta.Outcome] = outcome;
        }

        return meta;
    }

    public static JsonElement Write(JsonObject json) => JsonSerializer.SerializeToElement(json, PayloadJson.Options);

    public static JsonNode? ToNode(JsonElement json) => JsonSerializer.SerializeToNode(json, PayloadJson.Options);
}
