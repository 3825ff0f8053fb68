using Orleans.Runtime;

namespace OrleansAgents.Endpoints;

/// <summary>Whether this process takes messages now: not before its silo is active, not while its store is away, and not after a stop signal.</summary>
internal sealed class Readiness(IHostApplicationLifetime lifetime, ISiloStatusOracle silo, StoreReach store)
{
    public async Task<string?> FindObstacleAsync()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return "stopping";
        }

        if (!lifetime.ApplicationStarted.IsCancellationRequested || silo.CurrentStatus != SiloStatus.Active)
        {
            return "starting";
        }

        return await store.IsAwayAsync() ? "store away" : null;
    }
}

/// <summary>The health endpoints, in plain text for people and probes alike. Liveness asks nothing of anybody else.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz/live", static () => Results.Text("live"));
        endpoints.MapGet("/healthz/ready", static async (Readiness readiness) => await readiness.FindObstacleAsync() is { } obstacle
            ? Results.Text(obstacle, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready"));
    }
}
