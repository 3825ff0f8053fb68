using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OrleansAgents.Tests.Models;

/// <summary>How a provider writes answers.</summary>
internal abstract class ModelForm(HttpContext context)
{
    public HttpContext Context => context;

    public bool IsStreamed { get; set; }

    /// <summary>Begins a streamed answer.</summary>
    public abstract Task BeginAsync();

    /// <summary>Sends a piece of text.</summary>
    public abstract Task SayAsync(string text);

    /// <summary>Sends a tool's call. The arguments need not be JSON.</summary>
    public abstract Task CallAsync(string id, string tool, string arguments);

    /// <summary>Ends a streamed answer, with its usage.</summary>
    public abstract Task EndAsync(string reason, int input, int output);

    /// <summary>Sends an answer that is not streamed.</summary>
    public abstract Task WholeAsync(string text, int input, int output);

    protected async Task WriteAsync(string text)
    {
        await context.Response.WriteAsync(text, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}

/// <summary>Chat completions of OpenAI: server-sent events, or one object.</summary>
internal sealed class OpenAiForm(HttpContext context) : ModelForm(context)
{
    public override Task BeginAsync()
    {
        Context.Response.ContentType = "text/event-stream";
        return WriteAsync("");
    }

    public override Task SayAsync(string text) => SendAsync(new JsonObject { ["role"] = "assistant", ["content"] = text });

    public override Task CallAsync(string id, string tool, string arguments) => SendAsync(new JsonObject
    {
        ["role"] = "assistant",
        ["tool_calls"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["id"] = id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = tool, ["arguments"] = arguments },
        }),
    });

    public override async Task EndAsync(string reason, int input, int output)
    {
        await SendAsync([], reason);
        await EventAsync(Object("chat.completion.chunk", [], Usage(input, output)));
        await WriteAsync("data: [DONE]\n\n");
    }

    public override Task WholeAsync(string text, int input, int output)
    {
        Context.Response.ContentType = "application/json";
        var choice = new JsonObject { ["index"] = 0, ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text }, ["finish_reason"] = "stop" };
        return WriteAsync(Object("chat.completion", new JsonArray(choice), Usage(input, output)).ToJsonString());
    }

    private static JsonObject Usage(int input, int output) => new() { ["prompt_tokens"] = input, ["completion_tokens"] = output, ["total_tokens"] = input + output };

    private static JsonObject Object(string kind, JsonArray choices, JsonObject? usage) =>
        new() { ["id"] = "answer-1", ["object"] = kind, ["created"] = 1, ["model"] = "local-1", ["choices"] = choices, ["usage"] = usage };

    private Task SendAsync(JsonObject delta, string? reason = null) =>
        EventAsync(Object("chat.completion.chunk", new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = reason }), usage: null));

    private Task EventAsync(JsonObject content) => WriteAsync($"data: {content.ToJsonString()}\n\n");
}

/// <summary>The chat of Ollama: an object a line.</summary>
internal sealed class OllamaForm(HttpContext context) : ModelForm(context)
{
    public override Task BeginAsync()
    {
        Context.Response.ContentType = "application/x-ndjson";
        return WriteAsync("");
    }

    public override Task SayAsync(string text) => LineAsync(new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text }, ["done"] = false });

    public override Task CallAsync(string id, string tool, string arguments) => LineAsync(new JsonObject
    {
        ["message"] = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = "",
            ["tool_calls"] = new JsonArray(new JsonObject { ["function"] = new JsonObject { ["name"] = tool, ["arguments"] = JsonNode.Parse(arguments) } }),
        },
        ["done"] = false,
    });

    public override Task EndAsync(string reason, int input, int output) => LineAsync(new JsonObject
    {
        ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = "" },
        ["done"] = true,
        ["done_reason"] = reason,
        ["prompt_eval_count"] = input,
        ["eval_count"] = output,
    });

    public override Task WholeAsync(string text, int input, int output) => LineAsync(new JsonObject
    {
        ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
        ["done"] = true,
        ["done_reason"] = "stop",
        ["prompt_eval_count"] = input,
        ["eval_count"] = output,
    });

    private Task LineAsync(JsonObject line)
    {
        line["model"] = "local-1";
        line["created_at"] = "2030-01-01T00:00:00Z";
        return WriteAsync(line.ToJsonString() + "\n");
    }
}
