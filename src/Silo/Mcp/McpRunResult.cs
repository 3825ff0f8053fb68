using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansAgents.Messaging;
using OrleansAgents.Runs;

namespace OrleansAgents.Mcp;

/// <summary>Makes a result of a run as it stands.</summary>
internal static class McpRunResult
{
    public static CallToolResult Of(RunSnapshot run)
    {
        var result = new CallToolResult { Meta = McpResults.Describe(id: null, outcome: null), StructuredContent = Describe(run) };
        foreach (var part in (run.Message?.Parts ?? []).Concat(run.Artifacts.SelectMany(artifact => artifact.Parts)))
        {
            result.Content.Add(Show(part, run.Run));
        }

        if (run.State is RunState.Failed or RunState.Rejected)
        {
            (result.IsError, result.StructuredContent) = (true, null);
            result.Meta[McpMeta.Code] = run.Code;
            result.Content.Insert(0, new TextContentBlock { Text = $"{run.Code}: the run {run.Run} {(run.State == RunState.Failed ? "failed" : "was rejected")}." });
        }
        else if (Advise(run) is { } advice)
        {
            result.Content.Add(new TextContentBlock { Text = advice });
        }

        return result;
    }

    private static string? Advise(RunSnapshot run) => run.State switch
    {
        RunState.InputRequired or RunState.AuthRequired => $"The run {run.Run} waits for an answer; give it with the tool {McpRunNames.Say}.",
        RunState.Cancelled => $"The run {run.Run} is cancelled.",
        RunState.Completed => run is { Message: null, Artifacts: [] } ? "Done." : null,
        _ => $"The run {run.Run} goes on; the tool {McpRunNames.Wait} waits for it.",
    };

    private static JsonElement Describe(RunSnapshot run)
    {
        var json = new JsonObject
        {
            [McpRunNames.Run] = run.Run,
            [McpRunNames.State] = JsonSerializer.SerializeToNode(run.State, PayloadJson.Options),
            [McpRunNames.Artifacts] = JsonSerializer.SerializeToNode(run.Artifacts, PayloadJson.Options),
        };
        if (run.Message is { } said)
        {
            json[McpRunNames.Message] = JsonSerializer.SerializeToNode(said.Parts, PayloadJson.Options);
        }

        // What an agent that knows nothing of runs answered, which the contract has a schema for.
        if (run.Artifacts is [{ Id: "reply", Parts: [{ Data: { } reply }] }])
        {
            json[McpRunNames.Reply] = McpResults.ToNode(reply);
        }

        return McpResults.Write(json);
    }

    private static ContentBlock Show(Part part, string run)
    {
        if (part.Text is { } text)
        {
            return new TextContentBlock { Text = text };
        }

        if (part.Url is { } url)
        {
            return new ResourceLinkBlock { Uri = url, Name = part.FileName ?? url, MimeType = part.MediaType };
        }

        if (part.Data is { } data)
        {
            return new TextContentBlock { Text = data.GetRawText() };
        }

        var media = part.MediaType ?? "application/octet-stream";
        var bytes = Convert.FromBase64String(part.Raw!);
        return media.StartsWith("image/", StringComparison.OrdinalIgnoreCase) ? ImageContentBlock.FromBytes(bytes, media)
            : media.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) ? AudioContentBlock.FromBytes(bytes, media)
            : new EmbeddedResourceBlock { Resource = BlobResourceContents.FromBytes(bytes, $"run:{run}/{Uri.EscapeDataString(part.FileName ?? "file")}", media) };
    }
}
