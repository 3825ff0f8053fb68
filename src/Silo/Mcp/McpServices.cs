using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansAgents.Configuration;

namespace OrleansAgents.Mcp;

/// <summary>Puts the Model Context Protocol into a host.</summary>
internal static class McpServices
{
    public static void AddMcp(this IServiceCollection services, McpOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton<McpCatalogue>();
        services.TryAddSingleton<McpWaiting>();
        services.TryAddSingleton<McpRuns>();
        services.TryAddSingleton<McpCalls>();
        services.TryAddSingleton<McpListening>();
        services.TryAddSingleton<McpServers>();
        services.TryAddSingleton<McpEndpoint>();
    }
}
