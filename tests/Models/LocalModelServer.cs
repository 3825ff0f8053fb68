using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansAgents.Tests.Models;

/// <summary>
/// A server of models on the loopback address that speaks the chat completions of OpenAI and the chat of Ollama. Each
/// request is answered by the next step of a script, and recorded; one without a step fails the test that made it.
/// </summary>
internal sealed class LocalModelServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<ModelStep> _script = new();
    private readonly ConcurrentQueue<ModelRequest> _requests = new();
    private readonly Channel<bool> _stalls = Channel.CreateUnbounded<bool>();
    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _app;

    private LocalModelServer(WebApplication app)
    {
        _app = app;
        _app.MapPost("/v1/chat/completions", context => AnswerAsync(context, new OpenAiForm(context)));
        _app.MapPost("/api/chat", context => AnswerAsync(context, new OllamaForm(context)));
    }

    /// <summary>Where it is, without a path.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Where it speaks as OpenAI does.</summary>
    public Uri OpenAi => new(Address, "/v1");

    /// <summary>What it was asked, in order.</summary>
    public IReadOnlyList<ModelRequest> Requests => [.. _requests];

    public static async Task<LocalModelServer> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new LocalModelServer(builder.Build());
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>Answers the next requests, one by each step.</summary>
    public void Script(params ModelStep[] steps)
    {
        foreach (var step in steps)
        {
            _script.Enqueue(step);
        }
    }

    /// <summary>Waits until an answer stalls.</summary>
    public ValueTask<bool> StallsAsync(CancellationToken cancellationToken) => _stalls.Reader.ReadAsync(cancellationToken);

    /// <summary>Cuts the connection of every answer that waits for it.</summary>
    public void Cut() => _cut.TrySetResult();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Says nothing more until the caller has gone.</summary>
    internal async Task StallAsync(CancellationToken gone)
    {
        _stalls.Writer.TryWrite(true);
        await new TaskCompletionSource().Task.WaitAsync(gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Waits until the test has the connection cut: done earlier, what was sent would be lost on its way.</summary>
    internal Task WaitForCutAsync(CancellationToken gone) => _cut.Task.WaitAsync(gone);

    private async Task AnswerAsync(HttpContext context, ModelForm form)
    {
        var body = (await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted)).RootElement.Clone();
        _requests.Enqueue(new ModelRequest(body, context.Request.Headers.Authorization.ToString()));
        form.IsStreamed = body.TryGetProperty("stream", out var stream) && stream.GetBoolean();
        if (_script.TryDequeue(out var step))
        {
            await step(this, form);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
        }
    }
}

/// <summary>What the server was asked.</summary>
internal sealed record ModelRequest(JsonElement Body, string Authorization);

/// <summary>How one request is answered.</summary>
internal delegate Task ModelStep(LocalModelServer server, ModelForm form);
