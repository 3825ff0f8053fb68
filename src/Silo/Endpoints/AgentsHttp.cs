using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansAgents.A2A;
using OrleansAgents.Agents;
using OrleansAgents.Configuration;
using OrleansAgents.Hosting;
using OrleansAgents.Mcp;

namespace OrleansAgents.Endpoints;

/// <summary>Puts the platform's HTTP interface into a web host that has a silo, or that is a client of one.</summary>
public static class AgentsHttp
{
    /// <summary>
    /// Adds what <see cref="MapAgents"/> needs: the callers, keys, tokens and rates of the section <c>Agents:Http</c> of the
    /// host's configuration, as the reference silo reads them, and what <c>Agents:Mcp</c> and <c>Agents:A2A</c> say. Adds <see cref="IAgentClient"/> too, unless it is there.
    /// </summary>
    /// <exception cref="InvalidOperationException">A setting is invalid; the message names it and the remedy.</exception>
    public static IHostApplicationBuilder AddAgentsHttp(this IHostApplicationBuilder builder)
    {
        var agents = builder.Configuration.GetSection(SiloOptions.Section);
        var section = agents.GetSection(nameof(SiloOptions.Http));
        section.RefuseUnknown(HttpSettings.Members);
        builder.Services.AddAgentsHttp(HttpSettings.Read(section), McpSettings.Read(agents), A2ASettings.Read(agents.GetSection(A2AOptions.Section)));
        return builder;
    }

    /// <summary>
    /// Maps messages, asks, tells, topics, runs, the directory, and the contracts of public kinds as tools of an MCP server and as skills by A2A. Callers are told apart by their keys and tokens, and each may
    /// send as fast as its rate allows.
    /// </summary>
    /// <param name="endpoints">Where to map them.</param>
    /// <param name="prefix">What stands before their paths, such as <c>/api</c>; <c>/</c> for nothing.</param>
    /// <returns>All of them, for conventions such as host names and CORS policies.</returns>
    /// <exception cref="InvalidOperationException">The host lacks <see cref="AddAgentsHttp(IHostApplicationBuilder)"/>.</exception>
    public static RouteGroupBuilder MapAgents(this IEndpointRouteBuilder endpoints, string prefix = "/")
    {
        var group = endpoints.MapGroup(Check(endpoints, prefix));
        var routes = AgentRoutes.Callers(endpoints.ServiceProvider);
        AgentRoute.Map(group, routes, "/agents", "/topics", "/directory", "/runs", "/mcp");
        if (endpoints.ServiceProvider.GetRequiredService<A2AOptions>().Enabled)
        {
            var a2a = A2ARoutes.All(endpoints.ServiceProvider);
            A2ARoutes.Map(group, a2a);
            routes = [.. routes, .. a2a];
        }

        if (endpoints.ServiceProvider.GetRequiredService<CallerKeys>().Current.Docs)
        {
            DocsEndpoints.Map(group, prefix.TrimEnd('/'), routes);
        }

        return group;
    }

    /// <summary>
    /// Maps the reading, replaying and dropping of dead letters. They ask nobody for a name: keep them to the addresses or
    /// to the people that they are meant for, with <c>RequireHost</c> or <c>RequireAuthorization</c>.
    /// </summary>
    /// <inheritdoc cref="MapAgents"/>
    public static RouteGroupBuilder MapAgentDeadLetters(this IEndpointRouteBuilder endpoints, string prefix = "/")
    {
        var group = endpoints.MapGroup(Check(endpoints, prefix));
        AgentRoute.Map(group, AgentRoutes.Operators(endpoints.ServiceProvider), "/dead-letters");
        return group;
    }

    internal static void AddAgentsHttp(this IServiceCollection services, HttpOptions options, McpOptions mcp, A2AOptions a2a)
    {
        services.AddAgentClient();
        services.AddMessages(options);
        services.AddMcp(mcp);
        services.TryAddSingleton<SendEndpoints>();
        services.TryAddSingleton<CloudEventEndpoint>();
        services.TryAddSingleton<OpenStreams>();
        services.TryAddSingleton<EventStreams>();
        services.TryAddSingleton<RunEndpoints>();
        services.TryAddSingleton<DirectoryEndpoints>();
        services.TryAddSingleton<DeadLetterEndpoints>();
        services.TryAddSingleton<OpenApiDocument>();
        services.AddA2A(a2a);
    }

    private static string Check(IEndpointRouteBuilder endpoints, string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return endpoints.ServiceProvider.GetService<HttpDoor>() is null
            ? throw new InvalidOperationException("The host has no HTTP interface of agents; call AddAgentsHttp() on its builder.")
            : prefix.TrimEnd('/');
    }
}
