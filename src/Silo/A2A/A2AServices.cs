using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansAgents.Configuration;

namespace OrleansAgents.A2A;

/// <summary>Puts the parts of the A2A server together.</summary>
internal static class A2AServices
{
    public static void AddA2A(this IServiceCollection services, A2AOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton<A2AKinds>();
        services.TryAddSingleton<CardAddress>();
        services.TryAddSingleton<AgentCards>();
        services.TryAddSingleton<CardEndpoint>();
        services.TryAddSingleton<CardOperations>();
        services.TryAddSingleton<TaskRuns>();
        services.TryAddSingleton<TaskOperations>();
        services.TryAddSingleton<PushOperations>();
        services.TryAddSingleton<SendOperations>();
        services.TryAddSingleton<A2AEndpoint>();
        services.TryAddSingleton<JsonRpcEndpoint>();
        services.TryAddSingleton<HttpJsonEndpoint>();
    }
}
