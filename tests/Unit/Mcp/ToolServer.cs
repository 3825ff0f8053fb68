using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansAgents.Mcp;
using OrleansAgents.Tests.Redis;
using Xunit;

namespace OrleansAgents.Tests.Mcp;

/// <summary>An MCP server by the protocol's own library that does what a test has it do, and a source of its tools.</summary>
internal sealed class ToolServer : IAsyncDisposable
{
    public const string Key = "the-key-of-the-silo";

    private readonly bool _hasSessions;
    private readonly int _port = Ports.Next();
    private WebApplication? _app;

    private ToolServer(bool hasSessions, Action<ToolServerOptions>? configure)
    {
        _hasSessions = hasSessions;
        var options = new ToolServerOptions { Endpoint = new Uri($"http://127.0.0.1:{_port}/mcp"), Key = Key };
        configure?.Invoke(options);
        Source = new McpToolSource("search", options, Time, Log);
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeLogger<McpToolSource> Log { get; } = new();

    public McpToolSource Source { get; }

    /// <summary>The requests that came, in order: their method and what they showed of a key.</summary>
    public ConcurrentQueue<(string Method, string Authorization, string? ApiKey)> Requests { get; } = new();

    public List<Tool> Tools { get; set; } = [Make("find", "Finds things.")];

    public Func<CallToolRequestParams, CancellationToken, Task<CallToolResult>> Answer { get; set; } = (_, _) => Task.FromResult(Say("found"));

    /// <summary>What every request passes first; it goes on where it gives true.</summary>
    public Func<HttpContext, Task<bool>> Door { get; set; } = _ => Task.FromResult(true);

    public static async Task<ToolServer> StartAsync(bool hasSessions = false, Action<ToolServerOptions>? configure = null)
    {
        var server = new ToolServer(hasSessions, configure);
        await server.StartAgainAsync();
        return server;
    }

    public static Tool Make(string name, string? description = null, string schema = """{"type":"object","properties":{"text":{"type":"string"}}}""") =>
        new() { Name = name, Description = description, InputSchema = JsonElement.Parse(schema) };

    public static CallToolResult Say(string text) => new() { Content = [new TextContentBlock { Text = text }] };

    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{_port}");
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(1));
        builder.Services.AddMcpServer()
            .WithHttpTransport(http => http.SessionMode = _hasSessions ? HttpServerSessionMode.Stateful : HttpServerSessionMode.Stateless)
            .WithListToolsHandler((_, _) => new(new ListToolsResult { Tools = Tools }))
            .WithCallToolHandler(async (request, stop) => await Answer(request.Params, stop));
        _app = builder.Build();
        _app.Use(async (context, next) =>
        {
            Requests.Enqueue((context.Request.Headers["Mcp-Method"].ToString(), context.Request.Headers.Authorization.ToString(), context.Request.Headers["X-Api-Key"]));
            if (await Door(context))
            {
                await next(context);
            }
        });
        _app.MapMcp("/mcp");
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    public async Task StopAsync()
    {
        await _app!.StopAsync(TestContext.Current.CancellationToken);
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        // First the server, so that the source finds no one to take leave of.
        if (_app is not null)
        {
            await StopAsync();
        }

        await Source.DisposeAsync();
    }
}
