using System.Text;
using Microsoft.AspNetCore.Http;

namespace OrleansAgents.Tests.A2A;

/// <summary>One request and its answer, in the form of the binding that it came by.</summary>
internal sealed class AgentExchange(ScriptedAgent agent, HttpContext context, AgentRequest request, bool isRpc)
{
    public ScriptedAgent Agent { get; } = agent;

    public AgentRequest Request { get; } = request;

    public HttpResponse Response => context.Response;

    /// <summary>Ends when the caller has gone.</summary>
    public CancellationToken Gone => context.RequestAborted;

    /// <summary>Whether it is by JSON-RPC.</summary>
    public bool IsRpc { get; } = isRpc;

    public async Task AnswerAsync(string json)
    {
        Response.ContentType = IsRpc ? "application/json" : "application/a2a+json";
        await Response.WriteAsync(Wrap(json), Gone);
    }

    /// <summary>Begins a stream, so that the caller knows of it.</summary>
    public async Task BeginAsync()
    {
        Response.ContentType = "text/event-stream";
        await Response.WriteAsync(":\n\n", Gone);
        await Response.Body.FlushAsync(Gone);
    }

    public async Task EventAsync(string json)
    {
        await Response.WriteAsync($"data: {Wrap(json)}\n\n", Gone);
        await Response.Body.FlushAsync(Gone);
    }

    public async Task ErrorAsync(int code, string reason, int status, string message)
    {
        var detail = $$"""[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{{reason}}","domain":"a2a-protocol.org"}]""";
        Response.ContentType = "application/json";
        Response.StatusCode = IsRpc ? 200 : status;
        await Response.WriteAsync(
            IsRpc ? $$"""{"jsonrpc":"2.0","id":"1","error":{"code":{{code}},"message":"{{message}}","data":{{detail}} } }"""
                : $$"""{"error":{"code":{{status}},"message":"{{message}}","details":{{detail}} } }""", Encoding.UTF8, Gone);
    }

    /// <summary>Cuts the connection.</summary>
    public void Cut() => context.Abort();

    private string Wrap(string json) => IsRpc ? $$"""{"jsonrpc":"2.0","id":"1","result":{{json}} }""" : json;
}
