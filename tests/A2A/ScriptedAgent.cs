using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansAgents.Tests.A2A;

/// <summary>
/// An agent elsewhere that speaks A2A by both bindings, on the loopback address. Each request is answered by the next step of
/// its method's script, or by the method's standing one, and recorded; one without a step fails.
/// </summary>
internal sealed class ScriptedAgent : IAsyncDisposable
{
    /// <summary>The method under which the reading of its card is scripted.</summary>
    public const string Card = "card";

    private readonly ConcurrentDictionary<string, ConcurrentQueue<AgentStep>> _script = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AgentStep> _standing = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<AgentRequest> _requests = new();
    private readonly Channel<AgentRequest> _seen = Channel.CreateUnbounded<AgentRequest>();
    private readonly WebApplication _app;

    private ScriptedAgent(WebApplication app)
    {
        _app = app;
        app.MapGet("/.well-known/agent-card.json", context => AnswerAsync(context, new AgentRequest(Card, default, Head(context)), isRpc: false));
        app.MapPost("/rpc", TakeRpcAsync);
        app.Map("/rest/{**path}", TakePathAsync);
        On(Card, AgentSteps.Card());
    }

    /// <summary>Where it is, without a path.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>What it was sent, in order.</summary>
    public IReadOnlyList<AgentRequest> Requests => [.. _requests];

    public static async Task<ScriptedAgent> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var agent = new ScriptedAgent(builder.Build());
        await agent._app.StartAsync(cancellationToken);
        return agent;
    }

    /// <summary>Answers the next requests of a method, one by each step.</summary>
    public ScriptedAgent Script(string method, params AgentStep[] steps)
    {
        foreach (var step in steps)
        {
            _script.GetOrAdd(method, static _ => new()).Enqueue(step);
        }

        return this;
    }

    /// <summary>Answers every request of a method that its script does not.</summary>
    public ScriptedAgent On(string method, AgentStep step)
    {
        _standing[method] = step;
        return this;
    }

    /// <summary>Forgets what it was told and sent; its card it has again.</summary>
    public void Reset()
    {
        _script.Clear();
        _standing.Clear();
        _requests.Clear();
        while (_seen.Reader.TryRead(out _))
        {
        }

        On(Card, AgentSteps.Card());
    }

    /// <summary>The requests of a method so far.</summary>
    public IReadOnlyList<AgentRequest> Of(string method) => [.. _requests.Where(r => r.Method == method)];

    /// <summary>Waits for the next request of a method that nobody has waited for yet; those of others that came before it are passed over.</summary>
    public async Task<AgentRequest> NextAsync(string method, CancellationToken cancellationToken)
    {
        while (await _seen.Reader.ReadAsync(cancellationToken) is var request)
        {
            if (request.Method == method)
            {
                return request;
            }
        }

        throw new InvalidOperationException("It was closed.");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeRpcAsync(HttpContext context)
    {
        var body = (await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted)).RootElement;
        await AnswerAsync(context, new AgentRequest(body.GetProperty("method").GetString()!, body.GetProperty("params"), Head(context)), isRpc: true);
    }

    private async Task TakePathAsync(HttpContext context)
    {
        var (path, isPost) = ((string)context.Request.RouteValues["path"]!, context.Request.Method == "POST");
        var id = path.StartsWith("tasks/", StringComparison.Ordinal) ? path["tasks/".Length..] : "";
        var method = path switch
        {
            "message:send" => "SendMessage",
            "message:stream" => "SendStreamingMessage",
            _ when id.EndsWith(":cancel", StringComparison.Ordinal) => "CancelTask",
            _ when id.EndsWith(":subscribe", StringComparison.Ordinal) => "SubscribeToTask",
            _ => "GetTask",
        };
        var parameters = id.Length > 0 ? JsonSerializer.SerializeToElement(new { id = id.Split(':')[0] })
            : isPost ? (await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted)).RootElement : default;
        await AnswerAsync(context, new AgentRequest(method, parameters, Head(context)), isRpc: false);
    }

    private async Task AnswerAsync(HttpContext context, AgentRequest request, bool isRpc)
    {
        _requests.Enqueue(request);
        _seen.Writer.TryWrite(request);
        var step = _script.TryGetValue(request.Method, out var steps) && steps.TryDequeue(out var next) ? next : _standing.GetValueOrDefault(request.Method);
        if (step is null)
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return;
        }

        await step(new AgentExchange(this, context, request, isRpc));
    }

    private static IReadOnlyDictionary<string, string> Head(HttpContext context) =>
        context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
}

/// <summary>What it was sent.</summary>
/// <param name="Method">The method, as JSON-RPC calls it.</param>
/// <param name="Params">What came with it.</param>
/// <param name="Headers">Its headers.</param>
internal sealed record AgentRequest(string Method, JsonElement Params, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>What is said.</summary>
    public JsonElement Message => Params.GetProperty("message");

    /// <summary>The task that it is about.</summary>
    public string? Id => Params.GetProperty("id").GetString();
}

/// <summary>How one request is answered.</summary>
internal delegate Task AgentStep(AgentExchange exchange);
