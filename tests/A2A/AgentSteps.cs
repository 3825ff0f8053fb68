using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OrleansAgents.Tests.A2A;

/// <summary>The ways in which a request is answered.</summary>
internal static class AgentSteps
{
    /// <summary>Its card.</summary>
    /// <param name="binding">By what it can be called.</param>
    /// <param name="streaming">Whether it streams.</param>
    /// <param name="version">The version that it speaks.</param>
    /// <param name="origin">Where its interface is; null for where it is itself.</param>
    /// <param name="tag">The tag of the card; null for none.</param>
    public static AgentStep Card(string binding = "JSONRPC", bool streaming = true, string version = "1.0", string? origin = null, string? tag = null) => async exchange =>
    {
        if (tag is not null && exchange.Request.Headers.GetValueOrDefault("If-None-Match") == $"\"{tag}\"")
        {
            exchange.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var url = (origin ?? exchange.Agent.Address.ToString()).TrimEnd('/') + (binding == "JSONRPC" ? "/rpc" : "/rest");
        exchange.Response.Headers.ETag = tag is null ? default : $"\"{tag}\"";
        await exchange.Response.WriteAsJsonAsync(new
        {
            name = "scripted", description = "Does what its script says.", version = "1",
            supportedInterfaces = new[] { new { url = "grpc://elsewhere", protocolBinding = "GRPC", protocolVersion = "1.0" }, new { url, protocolBinding = binding, protocolVersion = version } },
            capabilities = new { streaming }, defaultInputModes = new[] { "text/plain" }, defaultOutputModes = new[] { "text/plain" },
            skills = Array.Empty<object>(), unknown = new { member = true },
        });
    };

    /// <summary>Answers with a message and no task.</summary>
    public static AgentStep Say(string text) => exchange => exchange.Request.Method == "SendStreamingMessage"
        ? StreamAsync(exchange, Message(text))
        : exchange.AnswerAsync(Message(text));

    /// <summary>Streams events, and ends.</summary>
    public static AgentStep Stream(params string[] events) => exchange => StreamAsync(exchange, events);

    /// <summary>Streams events, and then says nothing more until the caller has gone.</summary>
    public static AgentStep Stall(params string[] events) => async exchange =>
    {
        await StreamAsync(exchange, events);
        await new TaskCompletionSource().Task.WaitAsync(exchange.Gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    };

    /// <summary>Streams events, and cuts the connection when the caller has them.</summary>
    public static AgentStep Cut(Task when, params string[] events) => async exchange =>
    {
        await StreamAsync(exchange, events);
        await when.WaitAsync(exchange.Gone);
        exchange.Cut();
    };

    /// <summary>Says nothing at all until the caller has gone.</summary>
    public static AgentStep Silence => exchange =>
        new TaskCompletionSource().Task.WaitAsync(exchange.Gone).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>Answers with JSON.</summary>
    public static AgentStep Answer(string json) => exchange => exchange.AnswerAsync(json);

    /// <summary>Answers with anything.</summary>
    public static AgentStep Raw(int status, string body, string type = "application/json", string? location = null) => async exchange =>
    {
        (exchange.Response.StatusCode, exchange.Response.ContentType) = (status, type);
        exchange.Response.Headers.Location = location;
        await exchange.Response.WriteAsync(body, exchange.Gone);
    };

    /// <summary>Answers with an error of the protocol.</summary>
    public static AgentStep Error(int code, string reason, int status, string message = "It cannot be.") => exchange => exchange.ErrorAsync(code, reason, status, message);

    public static string Message(string text) => $$"""{"message":{"messageId":{{Quote(text)}},"role":"ROLE_AGENT","parts":[{"text":{{Quote(text)}} }]} }""";

    /// <summary>A task, as the answer to a message and as an event.</summary>
    public static string Task(string id, string state, string? said = null, params string[] artifacts) => $$"""{"task":{{Bare(id, state, said, artifacts)}} }""";

    /// <summary>A task, as the answer to reading it.</summary>
    public static string Bare(string id, string state, string? said = null, params string[] artifacts) =>
        $$"""{"id":"{{id}}","contextId":"ctx","status":{{Status(state, said)}},"artifacts":[{{string.Join(',', artifacts)}}]}""";

    public static string Update(string id, string state, string? said = null, string metadata = "{}") =>
        $$"""{"statusUpdate":{"taskId":"{{id}}","contextId":"ctx","status":{{Status(state, said)}},"metadata":{{metadata}} } }""";

    public static string Piece(string id, string artifact, string text, bool append = true, bool last = false) =>
        $$"""{"artifactUpdate":{"taskId":"{{id}}","contextId":"ctx","artifact":{{Artifact(artifact, text)}},"append":{{(append ? "true" : "false")}},"lastChunk":{{(last ? "true" : "false")}} } }""";

    public static string Artifact(string id, string text) => $$"""{"artifactId":"{{id}}","parts":[{"text":{{Quote(text)}} }]}""";

    private static string Status(string state, string? said) => said is null
        ? $$"""{"state":"TASK_STATE_{{state}}"}"""
        : $$"""{"state":"TASK_STATE_{{state}}","message":{"messageId":{{Quote(state + said)}},"role":"ROLE_AGENT","parts":[{"text":{{Quote(said)}} }]} }""";

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private static async Task StreamAsync(AgentExchange exchange, params string[] events)
    {
        await exchange.BeginAsync();
        foreach (var one in events)
        {
            await exchange.EventAsync(one);
        }
    }
}
