using System.Reflection;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansAgents.Endpoints;

namespace OrleansAgents.Mcp;

/// <summary>
/// Serves the protocol with its own library, a server for each request: none knows of another, so any silo can serve any.
/// The library's services are its own, so that a host which has an MCP server beside ours keeps it as it is.
/// </summary>
internal sealed class McpServers : IAsyncDisposable
{
    private const string Instructions =
        "Each tool sends a message to an agent and gives its answer; the argument 'agent' says which of the agents of a kind. "
        + "What takes longer goes on as a run: run__wait waits for it, run__say answers its question, run__cancel ends it.";

    private readonly McpCatalogue _catalogue;
    private readonly McpCalls _calls;
    private readonly McpListening _listening;
    private readonly ServiceProvider _services;
    private readonly RequestDelegate _serve;

    public McpServers(McpCatalogue catalogue, McpCalls calls, McpListening listening, IHostApplicationLifetime lifetime, IHostEnvironment environment)
    {
        (_catalogue, _calls, _listening) = (catalogue, calls, listening);
        var services = new ServiceCollection();
        // Its logs would hold what strangers write; what of it concerns operators is logged by the door.
        services.AddSingleton(lifetime).AddSingleton(environment).AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddLogging().AddRouting();
        services.AddMcpServer(Describe).WithHttpTransport(http =>
        {
            http.SessionMode = HttpServerSessionMode.Stateless;
            http.ConfigureSessionOptions = Configure;
        });
        _services = services.BuildServiceProvider();
        var routes = new Routes(_services);
        routes.MapMcp();
        _serve = routes.DataSources.SelectMany(source => source.Endpoints).Single().RequestDelegate!;
    }

    /// <summary>Serves one request.</summary>
    /// <param name="context">The request; its body can be read.</param>
    /// <param name="caller">Whose it is.</param>
    /// <param name="session">What it belongs to by its maker's word; null for nothing.</param>
    public Task ServeAsync(HttpContext context, HttpCaller caller, string? session)
    {
        context.Features.Set(new Coming(caller, session));
        return _serve(context);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static void Describe(McpServerOptions options)
    {
        options.ServerInfo = new Implementation { Name = "OrleansAgents", Version = typeof(McpServers).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion };
        options.ServerInstructions = Instructions;
        options.Capabilities = new ServerCapabilities { Tools = new ToolsCapability { ListChanged = true } };
    }

    private Task Configure(HttpContext context, McpServerOptions options, CancellationToken cancellationToken)
    {
        var (caller, session) = context.Features.GetRequiredFeature<Coming>();
        options.Handlers.ListToolsHandler = (request, _) => new(McpPages.Read(_catalogue.List, request.Params?.Cursor));
        options.Handlers.CallToolHandler = (request, stop) => _calls.CallAsync(new McpCall(context, caller, session, request), stop);
        options.Handlers.SubscriptionsListenHandler = _listening.ListenAsync;
        return Task.CompletedTask;
    }

    private sealed record Coming(HttpCaller Caller, string? Session);

    /// <summary>Takes the one route that the library has.</summary>
    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
